"""Reviews of films."""
