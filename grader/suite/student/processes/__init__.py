"""Student processes that were started: in the container, and on one's own machine; and what they printed of an exception."""
