"""Configuration files of experiments, and the code that loads them."""
