"""The window: with `app.gui` the only package that imports PySide6."""
