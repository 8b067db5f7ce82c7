"""The shop's day: what moved on it, and its closing."""
