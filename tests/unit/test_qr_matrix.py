"""QR modules: the requested error correction level, sizes, and always the same symbol for the same text."""

import pytest
import segno

from app.ui.widgets.qr.qr_matrix import module_size, qr_modules

LINK = "https://mapi.xpaydirect.com/checkout/f3cd72b6-e1ea-406f-9b44-a9b93b401b7f"
DENSE = "https://mapi.xpaydirect.com/checkout?" + "x" * 300


def size_of(version: int) -> int:
    return 17 + 4 * version


@pytest.mark.parametrize(("text", "version"), [("PAYDESK", 1), (LINK, 5)])
def test_a_link_has_the_size_of_its_version(text: str, version: int) -> None:
    modules = qr_modules(text)
    assert len(modules) == size_of(version)
    assert {len(row) for row in modules} == {size_of(version)}


def test_the_level_is_m() -> None:
    expected = segno.make_qr(LINK, error="m", boost_error=False)
    assert expected.error == "M"
    assert expected.version <= 10
    assert qr_modules(LINK) == tuple(tuple(bool(module) for module in row) for row in expected.matrix)


def test_the_level_is_l_when_m_would_be_dense() -> None:
    assert segno.make_qr(DENSE, error="m", boost_error=False).version > 10
    expected = segno.make_qr(DENSE, error="l", boost_error=False)
    assert expected.error == "L"
    assert qr_modules(DENSE) == tuple(tuple(bool(module) for module in row) for row in expected.matrix)


def test_a_text_too_long_for_m_still_gets_a_symbol() -> None:
    with pytest.raises(segno.DataOverflowError):
        segno.make_qr("x" * 2_900, error="m")
    assert len(qr_modules("x" * 2_900)) == size_of(40)


def test_a_text_too_long_for_any_symbol_is_refused() -> None:
    with pytest.raises(ValueError):
        qr_modules("x" * 2_954)


def test_short_texts_make_no_micro_symbol() -> None:
    assert len(qr_modules("1")) == size_of(1)


def test_the_same_text_is_the_same_picture() -> None:
    assert qr_modules(LINK) == qr_modules(LINK)
    assert qr_modules(LINK) != qr_modules(LINK + "0")


def test_no_border_comes_with_the_modules() -> None:
    modules = qr_modules(LINK)
    assert all(modules[0][:7])
    assert all(row[0] for row in modules[:7])


@pytest.mark.parametrize(("count", "side", "size"), [(37, 343, 7), (37, 45, 1), (37, 44, 0), (177, 238, 1)])
def test_module_size_counts_the_quiet_zone(count: int, side: int, size: int) -> None:
    assert module_size(count, side) == size
