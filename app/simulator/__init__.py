"""A simulator of the operator, with the real protocol: for the demo and for tests only (protocol.md A7)."""
