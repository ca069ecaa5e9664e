"""What runs in a student process. Imports nothing of the grader."""
