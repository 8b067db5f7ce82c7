"""The verbs that keep running without a window: listen, simulator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FILE_THERE, FOLDER, SPEED
from app.cli.output import Notices, print_line, run, tell_lost_output

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts
    from app.simulator.server import Simulator

FAULT_NAMES = (
    "slow", "refuse", "drop", "html", "garbage", "strings", "huge", "duplicate", "reorder", "late", "wrong-sum",
    "unsigned", "bad-sign", "replay", "no-callback", "unknown-status",
)  # fmt: skip
"""contract.md 5; a test compares them with the simulator's own list, which is not imported for `--help`."""


async def _announce_ready(address: str, notices: Notices) -> None:
    """Say that we are ready and wait for the end; who reads it may stop us at once, so signals are caught before."""
    import asyncio

    from app.process_hooks import wait_for_stop_signal

    stop_signal = asyncio.create_task(wait_for_stop_signal(), name="stop signal")
    await asyncio.sleep(0)
    try:
        print_line(f"ready {address}")
        tell_lost_output()  # reported once: a server whose output is lost still serves
        notices.show()
        await stop_signal
    finally:
        stop_signal.cancel()


@click.command()
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on.")
@click.pass_obj
def listen(home: str | None, host: str | None, port: int | None) -> None:
    """Receive callbacks and watch open links, without a window."""

    notices = Notices()

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import CallbackReceiving, open_core
        from app.settings.reading import read_text

        def warn_of(code: str | None) -> None:
            if code is not None:
                notices.add(texts.problem(code))

        chosen = opened.settings.callbacks
        named = read_text("callbacks.host", host) if host else chosen.host
        bind_to = (str(named), chosen.port if port is None else port)
        async with open_core(opened) as core, core.storage.running():
            core.storage.on_change(warn_of)
            callbacks = CallbackReceiving(core, on_problem=warn_of)
            receiving, address = await callbacks.start(*bind_to)
            try:
                await _announce_ready(address, notices)
            finally:
                await receiving.stop()

    run(home, work, notices)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True)
@click.option("--dir", "directory", type=FOLDER, required=True)
@click.option("--speed", type=SPEED, default=1.0, show_default=True)
@click.option("--merchant-key", type=FILE_THERE)
@click.option("--operator-key", type=FILE_THERE)
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
    import asyncio

    from app.bootstrap import make_simulator

    notices = Notices()
    if merchant_key is None:
        notices.add(notices.texts.say("No merchant key was given, so any signature is accepted."))
    with notices:
        simulator_server = make_simulator(
            port=port,
            directory=directory,
            speed=speed,
            merchant_key=merchant_key,
            operator_key=operator_key,
            faults=faults,
            two_step=two_step,
        )
        asyncio.run(_serve(simulator_server, notices))


async def _serve(simulator_server: Simulator, notices: Notices) -> None:
    url = await simulator_server.start()
    try:
        await _announce_ready(url, notices)
    finally:
        await simulator_server.stop()
