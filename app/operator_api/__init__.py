"""The operator's protocol: keys, envelope, mapping, client and callback parser. Adapter of OperatorGateway."""
