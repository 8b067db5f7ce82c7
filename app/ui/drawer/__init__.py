"""The drawer: the details of one payment next to a list of payments. Shared by pages, not a page itself."""
