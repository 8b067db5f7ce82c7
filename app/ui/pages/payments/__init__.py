"""The payments page."""
