"""One folder a page: `state.py` (frozen), `presenter.py` (no Qt), `view.py` (passive). Pages do not see each other.

To add a page: 1. state, presenter and view, as in `till`; 2. its word and icon in
`ui/page_book.py`, its factory in `ui/page_makers.py`; 3. its scenes in the gallery of the tests.
"""
