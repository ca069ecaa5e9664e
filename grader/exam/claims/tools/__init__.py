"""Claims about tools."""
