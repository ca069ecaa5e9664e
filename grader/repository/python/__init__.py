"""Python code: syntax trees, modules, what code reaches."""
