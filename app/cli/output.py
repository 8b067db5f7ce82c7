"""Output of the verbs, and the exit codes of contract.md 1."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

import click

from app.cli.streams import TolerantStream, carries, use_tolerant_streams
from app.domain import errors
from app.domain.errors import PaydeskError
from app.domain.text.plain_text import one_line, without_controls

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts

T = TypeVar("T")
log = logging.getLogger(__name__)

FOUND, USAGE, REFUSED, UNREACHABLE, NOT_FOUND, STORAGE, RULE, NOT_CONFIGURED, OCCUPIED, NO_RIGHT = range(1, 11)
DEFECT = 70

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
    """Return the exit code of an error; an error without its own code counts as refused by us."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), RULE)


class Failed(Exception):
    """A verb failed after it had printed its output."""

    def __init__(self, error: PaydeskError) -> None:
        super().__init__(error.code)
        self.error = error


def texts_of(language: str = "system") -> Texts:
    """Return the sentences in the interface language."""
    from app.i18n.language import chosen_language
    from app.i18n.texts import Texts

    return Texts(chosen_language(language))


def warn(sentence: str) -> None:
    """Print one line for people on stderr; quoted input is redacted."""
    from app.domain.text.redaction import redact_text

    click.echo(one_line(redact_text(sentence)), err=True)


def print_line(line: str) -> None:
    """Print one line for people on stdout, without terminal control characters, whatever the source of its text."""
    click.echo(without_controls(line))


def print_columns(*words: str | None, indent: str = "") -> None:
    """Print one line of columns separated by gaps, without the empty ones.

    No column contains a gap, so external text cannot imitate several columns.
    """
    shown = (one_line(word) for word in words if word)
    print_line(indent + "  ".join(word for word in shown if word))


def print_json(document: object) -> None:
    """Print exactly one JSON document on stdout, escaped to ASCII where stdout's encoding cannot carry it."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    if not carries(getattr(sys.stdout, "encoding", None) or "utf-8", text):
        text = json.dumps(document, indent=2)
    click.echo(text)


def fail_with_message(sentence: str) -> NoReturn:
    """Print one line on stderr and exit with the code of wrong usage."""
    warn(sentence)
    sys.exit(USAGE)


def fail_usage(error: click.UsageError) -> NoReturn:
    """Print click's message as one line and exit with 2."""
    warn(f"paydesk: {error.format_message()}")
    sys.exit(USAGE)


class Notices:
    """The notices of one verb on stderr, held back until it ends: an error is one line (contract.md 1).

    `texts`: the language to say it in; that of the home once its settings are known.
    """

    def __init__(self) -> None:
        self.texts = texts_of()
        self._held: list[str] | None = []

    def add(self, sentence: str) -> None:
        """Say this after the verb, or at once where the others have been said."""
        if self._held is None:
            warn(sentence)
        else:
            self._held.append(sentence)

    def show(self) -> None:
        """Say what was kept back, each on a line; from now on everything is said at once."""
        held, self._held = self._held or (), None
        for sentence in dict.fromkeys(held):
            warn(sentence)

    def fail(self, error: PaydeskError) -> NoReturn:
        """Say the error and what was kept back on one line, and leave with the error's code."""
        warn(" ".join(dict.fromkeys((self.texts.error(error), *(self._held or ())))))
        sys.exit(exit_code(error))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Turn every failure of a verb into one line and an exit code; a success is followed by what was kept back."""
        match error:
            case None:
                self.show()
            case Failed():
                self.fail(error.error)
            case PaydeskError():
                self.fail(error)
            case click.ClickException() | click.exceptions.Exit() | click.Abort():
                return  # not failures of ours
            case Exception():  # an edge: the last one before the person
                log.error("a verb crashed", exc_info=error)
                warn(self.texts.error(errors.Defect()))
                sys.exit(DEFECT)


def run(
    given_home: str | None, work: Callable[[Home, Texts], Coroutine[Any, Any, T]], notices: Notices | None = None
) -> T:
    """Open the home, run a verb's coroutine, and turn every refusal into a sentence and an exit code.

    `notices`: those of a verb that has some of its own, or that must say them before it ends.
    """
    import asyncio  # a third of the start of a verb that needs none: --help, a wrong option

    with notices or Notices() as pending:
        home = _open(given_home, pending)
        return asyncio.run(work(home, pending.texts))


def _open(given_home: str | None, notices: Notices) -> Home:
    from app.bootstrap import open_home
    from app.logs import set_up_logging

    home = open_home(given_home, lambda code: notices.add(notices.texts.warning(code)))
    set_up_logging(home.paths.log_dir)
    notices.texts = texts_of(home.settings.ui.language)
    if home.file.problems:
        notices.add(_settings_problem(home, notices.texts))
    return home


def _settings_problem(home: Home, texts: Texts) -> str:
    """Return the first problem of the settings file in words; how many more there are is said with it."""
    first, *others = home.file.problems
    sentence = texts.error(errors.SettingBad(key=first.key, line=first.line, reason=first.reason))
    if not others:
        return sentence
    more = texts.n(
        "There is {n} more such problem; “paydesk doctor” lists all.",
        "There are {n} more such problems; “paydesk doctor” lists all.",
        len(others),
    )
    return f"{sentence} {more}"


@contextmanager
def output_checked() -> Iterator[None]:
    """Let a verb print whatever became of stdout and stderr, and leave with its exit code.

    A verb that did what it was asked for and could not say so leaves with that of storage.
    """
    use_tolerant_streams()
    logging.getLogger().addHandler(logging.NullHandler())  # before a home has a log: no traceback on stderr
    code: str | int | None = 0
    try:
        yield
    except SystemExit as ended:
        code = ended.code
    if code in (None, 0, FOUND) and tell_lost_output():  # any other code has its own line already
        code = code or STORAGE
    sys.exit(code)


def tell_lost_output() -> bool:
    """Say on stderr that stdout could not be written to, once; return whether it could not."""
    stream = sys.stdout
    if not isinstance(stream, TolerantStream) or stream.problem is None:
        return False
    problem, stream.problem = stream.problem, None
    warn(texts_of().error(errors.OutputLost(reason=problem.strerror or "")))
    return True
