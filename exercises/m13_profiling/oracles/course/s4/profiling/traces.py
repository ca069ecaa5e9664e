import os

import torch
import torch.profiler as tp
from nets import two

for name, widths in {"first": two.WIDE, "second": two.DEEP}.items():
    net = two.network(widths)
    os.makedirs(f"log/{name}", exist_ok=True)
    prof = tp.profile(activities=[tp.ProfilerActivity.CPU], record_shapes=True, profile_memory=True)
    prof.start()
    for _ in range(8):
        net(torch.randn(5, two.INPUTS)).sum().backward()
        prof.step()
    prof.stop()
    print(prof.key_averages(group_by_input_shape=True).table(sort_by="self_cpu_time_total", row_limit=30))
    print(prof.key_averages().table(sort_by="self_cpu_memory_usage", row_limit=10))
    prof.export_chrome_trace(f"log/{name}/trace.json")
