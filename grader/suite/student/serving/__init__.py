"""Servers: one of the students that a check talks to, and one of the check that the students' code talks to."""
