"""Commands of pip that can be answered without changing anything."""
