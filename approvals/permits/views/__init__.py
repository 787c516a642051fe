"""Pages of permits: the board, one permit, and a form for each action."""
