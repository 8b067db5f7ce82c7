"""Which editor a kind of field gets."""

from __future__ import annotations

from typing import Final

from app.ui.pages.settings.combos import ChoiceEditor, SuggestEditor
from app.ui.pages.settings.editor import Editor, FileEditor, FlagEditor, LineEditor, LinesEditor
from app.ui.pages.settings.state import FieldKind

EDITORS: Final[dict[FieldKind, type[Editor]]] = {
    FieldKind.TEXT: LineEditor,
    FieldKind.NUMBER: LineEditor,
    FieldKind.PASSWORD: LineEditor,
    FieldKind.CHOICE: ChoiceEditor,
    FieldKind.SUGGEST: SuggestEditor,
    FieldKind.FLAG: FlagEditor,
    FieldKind.FILE: FileEditor,
    FieldKind.LINES: LinesEditor,
}
