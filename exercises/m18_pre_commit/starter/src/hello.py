"""A greeting."""

print("hello")
