"""Pages of steps and opinions."""
