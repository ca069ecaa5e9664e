"""Applications of the students, spoken to in one process, without a port."""
