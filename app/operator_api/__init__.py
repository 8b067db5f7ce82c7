"""The operator's wire: keys, envelope, mapping, client, and the reading of callbacks. Adapter of OperatorGateway."""
