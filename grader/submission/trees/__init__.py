"""Read the files of a commit or a working tree safely, and write them into a snapshot."""
