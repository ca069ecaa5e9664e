"""Files of a submission: read safely, from a commit or a working tree, into a folder of our own."""
