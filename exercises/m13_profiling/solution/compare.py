"""Which of the networks is slower, and why? The profiler looks at ten passes of each."""

from pathlib import Path

import torch
from nets import INPUTS, deep, wide
from torch.profiler import ProfilerActivity, profile, tensorboard_trace_handler

PASSES = 10


def look_at(name: str, model: torch.nn.Module) -> None:
    """Print what takes most time and memory, and leave a trace in a folder of the network's own."""
    inputs = torch.randn(16, INPUTS)
    with profile(
        activities=[ProfilerActivity.CPU],
        record_shapes=True,
        profile_memory=True,
        on_trace_ready=tensorboard_trace_handler(str(Path("profiling", name))),
    ) as seen:
        for _ in range(PASSES):
            model(inputs)
            seen.step()
    print(f"{name}, by operation")
    print(seen.key_averages().table(sort_by="cpu_time_total", row_limit=10))
    print(f"{name}, by operation and shape")
    print(seen.key_averages(group_by_input_shape=True).table(sort_by="cpu_time_total", row_limit=10))
    print(f"{name}, by memory")
    print(seen.key_averages().table(sort_by="self_cpu_memory_usage", row_limit=10))


if __name__ == "__main__":
    look_at("wide", wide())
    look_at("deep", deep())
