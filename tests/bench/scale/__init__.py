"""A class of any size on a simulated clock: what scheduling costs, and whether it stays the same a submission."""
