"""Reads gettext .po files directly, so that translations need no build step."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from app.i18n.language import Language
from app.i18n.resources import resource

_FIELD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+(".*")\s*$')
_PLURAL = re.compile(r"plural=([^;\n]+)")

Entry = dict[str, str]


class Catalogue(gettext.NullTranslations):
    """Translations of one language; a message without one stays as in the source."""

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self._single = {entry["msgid"]: entry.get("msgstr") or entry.get("msgstr[0]", "") for entry in entries}
        self._forms = {entry["msgid"]: _forms(entry) for entry in entries if "msgid_plural" in entry}
        self._choose = _plural_rule(self._single.get("", ""))

    def gettext(self, message: str) -> str:
        return (self._single.get(message) or message) if message else ""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._forms.get(msgid1)
        index = self._choose(abs(n))
        if forms and index < len(forms) and forms[index]:
            return forms[index]
        return msgid1 if n == 1 else msgid2


@cache
def catalogue(language: Language) -> gettext.NullTranslations:
    """Return the translations of a language; English is the source and has no file."""
    if language == "en":
        return gettext.NullTranslations()
    return Catalogue(read_po(resource(f"locale/{language}/LC_MESSAGES/paydesk.po")))


def read_po(path: Path) -> list[Entry]:
    """Return the entries of a .po file: `msgid`, `msgid_plural`, `msgstr`, `msgstr[0]`, ...; obsolete ones left out."""
    entries: list[Entry] = []
    entry: Entry = {}
    field = ""
    for line in path.read_text("utf-8").splitlines():
        if found := _FIELD.match(line):
            field = found.group(1)
            if field in ("msgid", "msgctxt") and "msgid" in entry:
                entries.append(entry)
                entry = {}
            entry[field] = _unquoted(found.group(2))
        elif line.startswith('"') and field:
            entry[field] += _unquoted(line.strip())
    return [*entries, entry] if "msgid" in entry else entries


def _unquoted(quoted: str) -> str:
    return str(ast.literal_eval(quoted))  # the escapes of .po are a subset of Python's


def _forms(entry: Entry) -> list[str]:
    return [entry[name] for name in sorted(entry) if name.startswith("msgstr[")]


def _plural_rule(header: str) -> Callable[[int], int]:
    found = _PLURAL.search(header)
    return gettext.c2py(found.group(1).strip()) if found else lambda n: int(n != 1)
