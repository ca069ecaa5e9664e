"""A course pack: modules, suites, exercises, and the files that the course hands out."""
