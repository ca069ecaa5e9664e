"""Images: how the repository builds them, and what is in them."""
