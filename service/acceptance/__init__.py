"""Completion: acceptance by stages, guidance before it, land and certificate on the same day."""
