"""The Qt parts of the settings page beside its view. Passive."""
