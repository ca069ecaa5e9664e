"""Claims that name files, folders and addresses."""
