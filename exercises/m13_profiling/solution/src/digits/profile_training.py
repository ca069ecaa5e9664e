"""Where the time of a training step goes."""

from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile

from digits.train import make_model, step


def main(iterations: int = 10) -> None:
    """Profile some iterations, print the ten slowest operations, and write a trace."""
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    with profile(activities=[ProfilerActivity.CPU], record_shapes=True) as prof:
        for _ in range(iterations):
            step(model, optimizer, torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,)))
            prof.step()
    print(prof.key_averages().table(sort_by="cpu_time_total", row_limit=10))
    Path("profiling").mkdir(exist_ok=True)
    prof.export_chrome_trace("profiling/trace.json")


if __name__ == "__main__":
    main()
