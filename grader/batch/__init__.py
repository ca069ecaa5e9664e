"""Many submissions: one after the other for now."""
