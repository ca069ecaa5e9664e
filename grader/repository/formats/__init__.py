"""File formats: one bounded reader each, as strict as the format."""
