"""Parse what a sentence asserts, denies or leaves open."""
