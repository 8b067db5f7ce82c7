"""What the verbs print, and the exit codes of contract.md 1."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from app.domain import errors
from app.domain.errors import PaydeskError
from app.domain.text.plain_text import one_line, without_controls

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts

T = TypeVar("T")
log = logging.getLogger(__name__)

FOUND, USAGE, REFUSED, UNREACHABLE, NOT_FOUND, STORAGE, RULE, NOT_CONFIGURED, OCCUPIED, NO_RIGHT = range(1, 11)

EXIT_CODES: tuple[tuple[type[PaydeskError], int], ...] = (
    (errors.BadInput, USAGE),
    (errors.SettingUnknown, USAGE),
    (errors.SettingBad, USAGE),
    (errors.BadKey, USAGE),
    (errors.OperatorRefused, REFUSED),
    (errors.OperatorUnreachable, UNREACHABLE),
    (errors.NotFound, NOT_FOUND),
    (errors.StorageError, STORAGE),
    (errors.RuleBroken, RULE),
    (errors.NotConfigured, NOT_CONFIGURED),
    (errors.Occupied, OCCUPIED),
    (errors.NoRight, NO_RIGHT),
)


def exit_code(error: PaydeskError) -> int:
    """Return the exit code of an error; a refusal without one of its own counts as refused by us."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), RULE)


class Failed(Exception):
    """A verb failed after it printed what it could."""

    def __init__(self, error: PaydeskError) -> None:
        super().__init__(error.code)
        self.error = error


def texts_of(language: str = "system") -> Texts:
    """Return the sentences in the interface language."""
    from app.i18n.language import chosen_language
    from app.i18n.texts import Texts

    return Texts(chosen_language(language))


def warn(sentence: str) -> None:
    """Print one line for people on stderr; what it quotes of their input is redacted."""
    from app.domain.text.redaction import redact_text

    click.echo(one_line(redact_text(sentence)), err=True)


def print_line(line: str) -> None:
    """Print one line for people on stdout, whoever wrote what is in it: nothing of it acts on the terminal."""
    click.echo(without_controls(line))


def print_columns(*words: str | None, indent: str = "") -> None:
    """Print one line of words with gaps between them, without those that are empty.

    No word has a gap of its own, so a foreign one cannot pass for several.
    """
    shown = (one_line(word) for word in words if word)
    print_line(indent + "  ".join(word for word in shown if word))


def print_json(document: object) -> None:
    """Print exactly one JSON document on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def fail(error: PaydeskError, texts: Texts) -> NoReturn:
    """Print the error's sentence on stderr and leave with its code."""
    warn(texts.error(error))
    sys.exit(exit_code(error))


def fail_with_message(sentence: str) -> NoReturn:
    """Print one line on stderr and leave with the code of wrong usage."""
    warn(sentence)
    sys.exit(USAGE)


def fail_usage(error: click.UsageError) -> NoReturn:
    """Print click's complaint as one line and leave with 2."""
    warn(f"paydesk: {error.format_message()}")
    sys.exit(USAGE)


def run(given_home: str | None, work: Callable[[Home, Texts], Coroutine[Any, Any, T]]) -> T:
    """Open the home, run a verb's coroutine, and turn every refusal into a sentence and an exit code."""
    import asyncio  # a third of the start of a verb that needs none: --help, a wrong option

    texts = texts_of()
    try:
        home = _open(given_home, texts)
        texts = texts_of(home.settings.ui.language)
        return asyncio.run(work(home, texts))
    except Failed as failure:
        fail(failure.error, texts)
    except PaydeskError as error:
        fail(error, texts)
    except BrokenPipeError:
        sys.exit(0)
    except Exception:  # an edge: the last one before the person
        log.exception("a verb crashed")
        warn(texts.error(errors.Defect()))
        sys.exit(70)


def _open(given_home: str | None, texts: Texts) -> Home:
    from app.bootstrap import open_home
    from app.logs import set_up_logging

    home = open_home(given_home, lambda code: warn(texts.warning(code)))
    set_up_logging(home.paths.log_dir)
    for problem in home.file.problems:
        error = errors.SettingBad(key=problem.key, line=problem.line, reason=problem.reason)
        warn(texts.error(error))
    return home
