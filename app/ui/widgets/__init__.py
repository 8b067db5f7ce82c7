"""Reusable widgets: take strings, emit user input. No translation, no money arithmetic, no services."""
