"""Backup and restore of a whole deployment: every table and every uploaded file."""
