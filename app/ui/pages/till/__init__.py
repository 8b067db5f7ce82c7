"""The page till."""
