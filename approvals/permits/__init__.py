"""Permits (行政许可): application, material, the one notice of what is missing, clocks, the result."""
