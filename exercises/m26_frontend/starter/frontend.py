"""The page: an image goes in, a digit comes out."""
