"""The Qt parts of the till beside its view. Passive."""
