"""The operator, played by us, on the real wire: for the demo and for tests only (protocol.md A7)."""
