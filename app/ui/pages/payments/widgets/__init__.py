"""The parts of the payments page."""
