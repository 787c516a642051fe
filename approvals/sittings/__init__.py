"""Sittings (会议): the docket of a deciding body, its minutes, and the outcome of each item."""
