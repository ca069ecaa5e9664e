"""Find versions for what students ask for: uv, its messages, and the packages at fault."""
