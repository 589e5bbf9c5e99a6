"""Reference implementations, demos and tools of the course."""
