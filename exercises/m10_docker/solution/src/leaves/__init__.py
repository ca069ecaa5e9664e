"""Tell the species of a leaf by its length and width."""
