"""Resolve the students' dependencies: run uv, parse its messages, and find the packages at fault."""
