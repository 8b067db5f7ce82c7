"""The widgets of the day page, used by its view. Passive."""
