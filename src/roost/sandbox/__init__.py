"""A program nobody has read → its end: what it may touch, how much it may take, and what was held by which means."""
