"""Compare what was collected with the training data."""
