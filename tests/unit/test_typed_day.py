"""A day as people type it, in any layout and any order of its parts; no other day than the one that was typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text.typed_day import typed_day

DAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    "text",
    ["05.10.2026", "5.10.26", "5.10", "5/10/2026", "5\u201310\u20132026", "2026-10-05", "2026.10.5", "05102026",
     "051026", "0510", "20261005", "5ю10Ю2026", "5б10", " 5. 10. 2026 ", "\u200b05.10.2026\u00a0",
     "\uff10\uff15.10.2026", "05.10."],
)  # fmt: skip
def test_is_read(text: str) -> None:
    assert typed_day(text, 2026) == DAY


@pytest.mark.parametrize(
    "text",
    ["", "5", "31.02.2026", "29.02.2026", "5.13", "0.1", "5.10.202", "5.10.0001", "5.10.9999", "five", "5.10.2026 x"],
)
def test_is_refused(text: str) -> None:
    assert typed_day(text, 2026) is None


@given(st.dates(date(1970, 1, 1), date(2999, 12, 31)), st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d%m%Y", "%d/%m/%Y"]))
def test_what_is_written_reads_back(day: date, form: str) -> None:
    assert typed_day(day.strftime(form), 2000) == day


@given(st.text(max_size=20))
def test_no_text_breaks_it(text: str) -> None:
    assert typed_day(text, 2026) is None or len(text) >= 3
