"""What becomes of an environment that is killed, damaged, starved of disk or wanted by many at once: roost beside uv."""
