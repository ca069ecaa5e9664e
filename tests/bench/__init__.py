"""What the grader costs beside the bare work (`make bench`), and how it scales (`make scale`). No test: it reads clocks."""
