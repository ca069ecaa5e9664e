"""The Docker sandbox and its image. Nothing outside of this package knows that Docker exists."""
