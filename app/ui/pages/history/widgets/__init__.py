"""The widgets of the history page, used by its view. Passive."""
