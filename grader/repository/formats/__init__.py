"""File formats: one reader each, bounded, and tolerant of nothing but what the format allows."""
