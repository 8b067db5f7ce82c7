"""The ledger on disk: the only package that uses SQL. It returns frozen values, never rows."""
