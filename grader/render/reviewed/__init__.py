"""What people decided, and what differs between two runs, in words."""
