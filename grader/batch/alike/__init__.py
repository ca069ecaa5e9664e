"""A class's code held against itself and earlier years': each repository is fetched and read, then all are compared."""
