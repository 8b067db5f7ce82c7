"""The verbs with a window: run, demo. Without a display the demo says so and plays the same job offscreen."""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import click

from app.cli.output import fail, fail_with_message, print_line, texts_of
from app.domain.errors import PaydeskError

if TYPE_CHECKING:
    from app.bootstrap import WindowPlan
    from app.i18n.texts import Texts

HEADLESS_PLATFORMS: Final = ("offscreen", "minimal")


@click.command("run")
@click.pass_obj
def run_verb(home: str | None) -> None:
    """Open the window."""
    texts = texts_of()
    if not has_display():
        fail_with_message(texts.say("There is no display to open a window on. Without one, “paydesk listen” works."))
    from app.bootstrap.launch_plans import live_plan
    from app.gui import run_window

    try:
        exit_process(run_window(live_plan(home)))
    except PaydeskError as error:
        fail(error, texts)


@click.command()
@click.option("--tour", is_flag=False, flag_value="", metavar="[DIR]", help="Play the whole job, save pictures to DIR.")
@click.option("--speed", type=click.FloatRange(0.001, 100_000), help="How fast the demo operator's clock runs.")
@click.option("--keep", is_flag=True, help="Keep the demo home.")
@click.pass_obj
def demo(home: str | None, tour: str | None, speed: float | None, keep: bool) -> None:
    """Open the window on the demo operator, in a home of its own."""
    texts = texts_of()
    from app.bootstrap.launch_plans import demo_plan

    seen = tour is None and has_display()
    try:
        plan = demo_plan(home, speed=speed or (1.0 if seen else 20.0), keep=keep)
        if seen:
            _open_window(plan)
        else:
            _run_tour(plan, tour, texts, is_kept=keep or home is not None)
    except PaydeskError as error:
        fail(error, texts)


def has_display(environment: dict[str, str] | None = None) -> bool:
    """Return whether a window can be opened: always on Windows and macOS, else when X11 or Wayland really answers.

    Qt ends the whole process when it does not, so it is tried before Qt is.
    """
    known = dict(os.environ) if environment is None else environment
    platform = known.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if sys.platform in ("win32", "darwin"):
        return True
    if platform:
        return platform not in HEADLESS_PLATFORMS and (
            platform not in ("xcb", "wayland") or _display_answers(known, platform)
        )
    return _display_answers(known, "wayland") or _display_answers(known, "xcb")


def _display_answers(known: dict[str, str], platform: str) -> bool:
    named = known.get("WAYLAND_DISPLAY" if platform == "wayland" else "DISPLAY", "")
    if not named:
        return False
    if platform == "wayland":
        return _socket_accepts(str(Path(known.get("XDG_RUNTIME_DIR", "")) / named))
    host, _, number = named.partition(":")
    if host not in ("", "unix"):
        return True  # another computer's display: only Qt can tell
    path = f"/tmp/.X11-unix/X{number.partition('.')[0]}"
    return _socket_accepts(path) or _socket_accepts(f"\0{path}")


def _socket_accepts(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(path)
        except OSError:
            return False
        return True


def exit_process(code: int) -> NoReturn:
    """End the program. Where a thread hangs, ending as usual would wait for it for ever."""
    if code:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(0)


def _open_window(plan: WindowPlan) -> None:
    from app.gui import run_window

    exit_process(run_window(plan))


def _run_tour(plan: WindowPlan, directory: str | None, texts: Texts, *, is_kept: bool) -> None:
    if directory is None:
        print_line(texts.say("There is no display here, so the desk is played offscreen."))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.tour import run_tour

    exit_process(run_tour(plan, texts, Path(directory) if directory else None, is_kept=is_kept))
