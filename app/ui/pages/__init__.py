"""One folder a page: `state.py` (frozen), `presenter.py` (no Qt), `view.py` (passive). Pages do not see each other.

Only `view.py` and the files in a `widgets/` folder beside it may import Qt; other files at the top stay free of it.

To add a page: 1. state, presenter and view, as in `till`; 2. its word and icon in
`ui/page_registry.py`, its factory in `ui/page_factories.py`; 3. its cases in `tests/gallery/cases.py`.
"""
