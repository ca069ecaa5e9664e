"""What all suites share is as closed as a suite."""

#: What no student may ever read. Every test looks for it in the whole result.
SECRET = "the-hidden-value-of-the-suite"
