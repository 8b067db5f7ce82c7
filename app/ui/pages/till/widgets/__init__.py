"""The widgets of the till page, used by its view. Passive."""
