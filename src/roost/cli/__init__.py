"""Arguments in, one call into a room below, a view out."""
