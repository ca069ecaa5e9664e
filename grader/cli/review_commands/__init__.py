"""The commands for what comes after grading: judging, comparing, answering a complaint."""
