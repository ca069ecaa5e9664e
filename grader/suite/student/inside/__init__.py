"""Code that runs in a student process. It imports nothing of the grader."""
