"""A text as the modules of a QR symbol. Free of Qt, so that printing and files can use it too."""

from __future__ import annotations

from typing import Final

QUIET_MODULES: Final = 4  # the light border that a reader needs on every side
DENSE_VERSION: Final = 10  # beyond it modules are small on screen: larger ones read better than more error correction

Modules = tuple[tuple[bool, ...], ...]


def qr_modules(text: str) -> Modules:
    """Rows of modules, true for dark, without the quiet zone. Level M; L when M would be larger than version 10.

    Raises ValueError when the text is longer than a symbol can hold (2,953 bytes).
    """
    import segno  # 35 ms, not spent in a window without a link

    try:
        symbol = segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError:
        symbol = None
    if symbol is None or int(symbol.version) > DENSE_VERSION:
        symbol = segno.make_qr(text, error="l", boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in symbol.matrix)


def module_size(count: int, side_px: int) -> int:
    """Whole pixels of one module when `count` of them and the quiet zone fill `side_px`; 0 when they do not fit."""
    return side_px // (count + 2 * QUIET_MODULES)
