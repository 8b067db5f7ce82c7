"""The Qt parts of the history beside its view. Passive."""
