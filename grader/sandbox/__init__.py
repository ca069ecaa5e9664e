"""Where untrusted code runs: the protocol, the Docker sandbox, and the local one."""
