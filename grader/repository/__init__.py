"""Read a repository: bounded, read-only views of files, parsed on demand. Runs on both sides of the sandbox."""
