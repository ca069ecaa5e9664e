"""Claims made by quoted commands."""
