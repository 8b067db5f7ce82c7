"""Small files in memory for the style sheet, which takes pictures from files only: Qt resources made while running.

The layout is that of Qt's resource compiler, format 1: a tree of nodes, their names, their contents, all big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from PySide6.QtCore import qRegisterResourceData

_kept: list[tuple[bytes, bytes, bytes]] = []  # Qt reads them in place for as long as the process lives


def register_files(folder: str, files: Mapping[str, bytes]) -> None:
    """Make each file readable as `:/<folder>/<name>`; once for a folder."""
    ordered = sorted(files, key=_hash)  # Qt searches the children of a folder by this order
    names, name_at = _names([folder, *ordered])
    contents, content_at = _contents([files[name] for name in ordered])
    tree = _folder(0, 1, 1) + _folder(name_at[0], len(ordered), 2)
    for at_name, at_content in zip(name_at[1:], content_at, strict=True):
        tree += struct.pack(">IHHHI", at_name, 0, 0, 1, at_content)  # 0, 0, 1: no flags, any country, the C language
    _kept.append((tree, names, contents))
    qRegisterResourceData(1, tree, names, contents)


def _folder(name_at: int, children: int, first_child: int) -> bytes:
    return struct.pack(">IHII", name_at, 2, children, first_child)


def _names(names: list[str]) -> tuple[bytes, list[int]]:
    packed, offsets = b"", []
    for name in names:
        offsets.append(len(packed))
        packed += struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be")
    return packed, offsets


def _contents(files: list[bytes]) -> tuple[bytes, list[int]]:
    packed, offsets = b"", []
    for content in files:
        offsets.append(len(packed))
        packed += struct.pack(">I", len(content)) + content
    return packed, offsets


def _hash(name: str) -> int:
    value = 0
    for letter in name.encode("ascii"):
        value = (value << 4) + letter
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value
