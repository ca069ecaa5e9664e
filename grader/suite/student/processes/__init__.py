"""Student processes that were started: in the container, and on one's own machine."""
