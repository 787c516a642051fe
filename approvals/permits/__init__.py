"""Permits (行政许可): the application, its material, the one notice of what is missing, clocks, the result."""
