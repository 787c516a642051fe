"""The enterprise's own account: its project only, nothing of reviews, instructions or other firms."""
