"""The HTTP server that receives the operator's callbacks."""
