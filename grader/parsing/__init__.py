"""The parsers of data formats: they turn a text into data in linear time, or refuse it."""
