"""Paydesk: the payment desk of a small shop. Only the version lives here."""

__version__ = "0.1.0"
