"""The project's checklist: ticks, boxes, and what the repository says of each."""
