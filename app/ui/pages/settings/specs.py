"""What a line of the table in `fields.py` can say about a setting or a section. Sentences are marked English."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.i18n.texts import Texts
from app.ui.pages.settings.codec import TEXT, Codec
from app.ui.pages.settings.state import FieldKind


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """`hint` explains below the editor; `preview` replaces it by what the typed text means, once it means something.

    `choices`: (value, word). `only_if`: (key, value) of the field that this one depends on. `warn_if`: (value, words).
    `needed`: may not be empty while it is visible. `heading` opens a group.
    """

    key: str
    kind: FieldKind
    label: str
    hint: str = ""
    codec: Codec = TEXT
    choices: tuple[tuple[str, str], ...] = ()
    heading: str = ""
    unit: str = ""
    placeholder: str = ""
    only_if: tuple[str, str] | None = None
    warn_if: tuple[str, str] | None = None
    preview: Callable[[str, Texts], str] | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """`instant`: a choice is stored as soon as it is made."""

    id: str
    title: str
    icon: str
    fields: tuple[FieldSpec, ...]
    instant: bool = False
