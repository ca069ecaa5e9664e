"""What a class left behind: its output folder read again, and one check of it graded again."""
