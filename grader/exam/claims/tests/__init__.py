"""Claims about tests and their number."""
