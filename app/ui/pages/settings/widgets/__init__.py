"""The widgets of the settings page, used by its view. Passive."""
