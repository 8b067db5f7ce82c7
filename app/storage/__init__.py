"""The ledger on disk: the only room that knows SQL. Rows never leave it; frozen values do."""
