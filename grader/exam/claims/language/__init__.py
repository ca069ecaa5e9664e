"""What a sentence asserts, denies or only wishes."""
