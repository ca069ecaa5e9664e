"""M6: reading tables of a configuration."""


def table(data, key):
    """A table of a TOML file; empty where it is missing, or no table."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}
