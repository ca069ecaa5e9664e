"""The students' code: its processes, and the values exchanged with them."""
