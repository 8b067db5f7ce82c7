"""The operator calls us: the HTTP server of the callbacks."""
