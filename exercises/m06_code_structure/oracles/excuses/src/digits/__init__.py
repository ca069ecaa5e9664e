"""Pictures of digits, and a classifier that tells them apart."""
