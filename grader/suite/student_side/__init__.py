"""Scripts that run as the student's user. Nothing in here is secret; each uses the standard library alone."""
