"""Reading an exam report: its edition, its questions, the answers."""
