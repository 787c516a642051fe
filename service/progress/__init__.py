"""From start to production: recognition of the start, whose days stand side by side, monthly progress."""
