"""The verbs that keep running: listen, simulator, demo."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.output import fail, run, texts_of, warn
from app.domain.errors import PaydeskError, StorageReadOnly

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts
    from app.simulator.server import Simulator

FAULT_NAMES = (
    "slow", "refuse", "drop", "html", "garbage", "strings", "huge", "duplicate", "reorder", "late", "wrong-sum",
    "unsigned", "bad-sign", "replay", "no-callback", "unknown-status",
)  # fmt: skip
"""contract.md 5; a test holds them equal to the simulator's own list, which is not imported for a mere `--help`."""


@click.command()
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on.")
@click.pass_obj
def listen(home: str | None, host: str | None, port: int | None) -> None:
    """Receive callbacks and watch open links, without a window."""

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import make_receiving, open_core, remember_address
        from app.lifecycle import until_told_to_stop

        chosen = opened.settings.callbacks
        wanted = (host or chosen.host, chosen.port if port is None else port)
        async with open_core(opened, address=wanted) as core:
            receiving, listener = make_receiving(core, *wanted)
            address = await receiving.start()
            try:
                remember_address(opened, wanted[0], listener.port)
                click.echo(f"ready {address}")
                sys.stdout.flush()
                await until_told_to_stop()
            finally:
                await receiving.stop()

    run(home, work)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True)
@click.option("--dir", "directory", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--speed", type=click.FloatRange(0.001, 100_000), default=1.0, show_default=True)
@click.option("--merchant-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--operator-key", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--fault", "faults", multiple=True, type=click.Choice(FAULT_NAMES))
@click.option("--two-step", is_flag=True)
def simulator(
    port: int,
    directory: Path,
    speed: float,
    merchant_key: Path | None,
    operator_key: Path | None,
    faults: tuple[str, ...],
    two_step: bool,
) -> None:
    """Run the demo operator alone."""
    from app.bootstrap import make_simulator

    texts = texts_of()
    if merchant_key is None:
        warn(texts.say("No merchant key was given, so any signature is accepted."))
    try:
        played = make_simulator(
            port=port,
            directory=directory,
            speed=speed,
            merchant_key=merchant_key,
            operator_key=operator_key,
            faults=faults,
            two_step=two_step,
        )
        asyncio.run(_serve(played))
    except PaydeskError as error:
        fail(error, texts)
    except OSError as error:
        fail(StorageReadOnly(path=str(directory), reason=error.strerror or ""), texts)


async def _serve(played: Simulator) -> None:
    from app.lifecycle import until_told_to_stop

    url = await played.start()
    try:
        click.echo(f"ready {url}")
        sys.stdout.flush()
        await until_told_to_stop()
    finally:
        await played.stop()


@click.command()
@click.option("--tour", is_flag=False, flag_value="", metavar="[DIR]", help="Play the whole job, print each step.")
@click.option("--speed", type=click.FloatRange(0.001, 100_000), default=20.0, show_default=True)
@click.option("--keep", is_flag=True, help="Keep the demo home.")
@click.pass_obj
def demo(home: str | None, tour: str | None, speed: float, keep: bool) -> None:
    """Play the whole job on the demo operator, in a home of its own."""
    from app.tour import play

    texts = texts_of()
    try:
        play(home, texts, speed=speed, keep=keep)
    except PaydeskError as error:
        fail(error, texts)
