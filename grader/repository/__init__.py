"""Bounded, read-only views of a repository's files, parsed on demand. Runs inside and outside the sandbox."""
