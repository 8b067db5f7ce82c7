"""The standard streams of the verbs: nothing about the place that output goes to is an error of the printing verb."""

from __future__ import annotations

import errno
import io
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.cli.streams import TolerantStream

SAID = "№ 7  125,50\u00a0₴ “Кава” — ok\n"


class Place(io.RawIOBase):
    """Takes a few bytes at a time, or refuses with an error."""

    def __init__(self, refusal: int | None = None) -> None:
        self.refusal = refusal
        self.content = b""

    def write(self, content: bytes | memoryview, /) -> int:
        if self.refusal is not None:
            raise OSError(self.refusal, os.strerror(self.refusal))
        part = bytes(content)[:7]
        self.content += part
        return len(part)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", SAID),
        ("utf-16", SAID),
        ("cp1251", SAID.replace("₴", "UAH").replace("\u00a0", " ").replace("№", "No.").replace("—", "-")),
        ("latin-1", 'No. 7  125,50 UAH "????" - ok\n'),
        ("ascii", 'No. 7  125,50 UAH "????" - ok\n'),
    ],
)
def test_what_an_encoding_cannot_carry_is_replaced(encoding: str, shown: str) -> None:
    place = Place()
    stream = TolerantStream(place, encoding)
    stream.write(SAID)
    said = place.content.decode(encoding)
    assert said.replace("“", '"').replace("”", '"') == shown.replace("“", '"').replace("”", '"')
    assert stream.problem is None


@pytest.mark.parametrize(("refusal", "is_problem"), [(errno.ENOSPC, True), (errno.EIO, True), (errno.EPIPE, False)])
def test_a_place_that_refuses_is_noted_and_tried_again(refusal: int, is_problem: bool) -> None:
    place = Place(refusal)
    stream = TolerantStream(place, "utf-8")
    stream.write("lost\n")
    assert (stream.problem is not None) == is_problem
    place.refusal = None
    stream.write("kept\n")
    assert place.content == b"kept\n"


def test_a_pipe_that_takes_nothing_at_the_moment_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    text = "x" * 1_000_000
    with os.fdopen(reading, "rb") as reader, ThreadPoolExecutor(1) as pool:
        received = pool.submit(reader.read)
        with io.FileIO(writing, "w") as raw:
            stream = TolerantStream(raw, "ascii")
            stream.write(text)
        assert (len(received.result(30)), stream.problem) == (len(text), None)
