"""The drawer's widgets, used by its view. Passive."""
