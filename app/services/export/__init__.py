"""Exports of payments: rows of a scan become a file. It writes to an open file; where that lies is unknown here."""
