"""Claims by quoted commands."""
