"""Tables of payments: columns as data, models, and how rows are painted. Nothing here knows a service."""
