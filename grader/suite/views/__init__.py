"""Read-only views of a submission, one file a subject. `grader.suite.submission` puts them together."""
