"""The students' code: processes, and values that cross to and fro."""
