"""The same work for other graders: one notebook, one question, and each grader's own way to ask it."""
