"""Python that a suite writes and that runs in a student process: snippets and stubs."""
