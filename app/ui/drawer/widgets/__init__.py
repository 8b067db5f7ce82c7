"""The Qt parts of the drawer beside its view. Passive."""
