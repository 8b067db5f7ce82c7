"""Tables of payments: columns as data, models, and the painting of rows. No services here."""
