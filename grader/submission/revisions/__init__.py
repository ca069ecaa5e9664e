"""Which commit of a repository is read: that of HEAD, one that was named, or the last one before a deadline."""
