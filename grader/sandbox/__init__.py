"""Sandboxes for untrusted code: the protocol, the Docker sandbox, and the local one."""
