"""From the office's Excel to projects: staged and checked in chunks, committed in one short transaction."""
