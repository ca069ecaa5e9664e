"""Files of the working copy, as student code finds and leaves them."""
