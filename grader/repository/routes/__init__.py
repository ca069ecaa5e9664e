"""Routes of web applications."""
