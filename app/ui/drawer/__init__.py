"""The details of one payment, beside any list of payments. A shared part of pages, not a page."""
