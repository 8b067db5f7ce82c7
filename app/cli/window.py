"""The verbs with a window: run, demo. Without a display the demo reports it and runs the same script offscreen."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from app.cli.display import has_display, qt_starts
from app.cli.options import SPEED
from app.cli.output import USAGE, Notices, fail_with_message, print_line, warn

if TYPE_CHECKING:
    from app.bootstrap import WindowPlan
    from app.i18n.texts import Texts


@click.command("run")
@click.pass_obj
def run_verb(home: str | None) -> None:
    """Open the window."""
    notices = Notices()
    if not has_display():
        fail_with_message(_no_display(notices.texts))
    with notices:
        from app.bootstrap.launch_plans import live_plan

        _open_window(live_plan(home), notices.texts)


@click.command()
@click.option("--tour", is_flag=False, flag_value="", metavar="[DIR]", help="Play the whole job, save pictures to DIR.")
@click.option("--speed", type=SPEED, help="How fast the demo operator's clock runs.")
@click.option("--keep", is_flag=True, help="Keep the demo home.")
@click.pass_obj
def demo(home: str | None, tour: str | None, speed: float | None, keep: bool) -> None:
    """Open the window on the demo operator, in a home of its own."""
    notices = Notices()
    with notices:
        from app.bootstrap.launch_plans import demo_plan

        seen = tour is None and has_display() and qt_starts()
        plan = demo_plan(home, speed=speed or (1.0 if seen else 20.0), keep=keep)
        if seen:
            _open_window(plan, notices.texts)
        else:
            _run_tour(plan, tour, notices.texts, is_kept=keep or home is not None)


def exit_process(code: int) -> NoReturn:
    """Exit the process without waiting for threads: a normal exit would wait for a hanging one forever."""
    if code:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(0)


def _no_display(texts: Texts) -> str:
    return texts.say("There is no display to open a window on. Without one, “paydesk listen” works.")


def _open_window(plan: WindowPlan, texts: Texts) -> None:
    from app.gui import run_window

    def end() -> NoReturn:
        plan.clean_up()
        warn(_no_display(texts))
        exit_process(USAGE)

    exit_process(run_window(plan, on_no_display=end))


def _run_tour(plan: WindowPlan, directory: str | None, texts: Texts, *, is_kept: bool) -> None:
    if directory is None:
        print_line(texts.say("There is no display here, so the desk is played offscreen."))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.tour import run_tour

    exit_process(run_tour(plan, texts, Path(directory) if directory else None, is_kept=is_kept))
