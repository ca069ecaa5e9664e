"""The doors of data formats: a text becomes data in linear time, or is refused."""
