"""移交: a project handed over to those who serve it next, pushed to all of them at once, each
acknowledging."""
