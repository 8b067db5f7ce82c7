"""One folder per page: `state.py` (frozen), `presenter.py` (no Qt), `view.py` (passive). No page imports another.

Only `view.py` and the files of the `widgets/` folder may import Qt.

To add a page: 1. state, presenter and view, as in `till`; 2. its word and icon in
`ui/page_registry.py`, its factory in `ui/page_factories.py`; 3. its cases in `tests/gallery/cases.py`.
"""
