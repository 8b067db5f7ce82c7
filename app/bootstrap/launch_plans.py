"""The plans of a window's process for the core's thread: a live home, or the demo operator with its own home.

The only access to the demo operator outside tests: demo money and live money are never mixed.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap.home import Home, open_home
from app.bootstrap.setup import PRIVATE_KEY_SECRET, make_keys
from app.domain.errors import BadKey, KeysExist, PortTaken, SettingBad, StorageDamaged, WrongMode
from app.domain.web_addresses import read_web_address
from app.i18n.language import chosen_language
from app.i18n.texts import Texts
from app.logs import set_up_logging
from app.settings.file import SettingsFile
from app.settings.home.atomic import storage_refusal
from app.settings.home.paths import HomePaths, home_dir
from app.settings.schema import DEFAULT_PORT, TOKEN_KEY, TOKEN_SECRET

if TYPE_CHECKING:
    from app.bootstrap.core_runner import RunningCore
    from app.simulator.server import Simulator

LIVE_SETTINGS = frozenset({"operator.url", "operator.environment", "operator.public_key_file", TOKEN_KEY})
"""The settings of a live home that the demo would overwrite."""
LIVE_SECRETS = frozenset({TOKEN_SECRET, PRIVATE_KEY_SECRET})
log = logging.getLogger(__name__)

Ready = Callable[["RunningCore"], None]
CoreWork = Callable[[Ready, asyncio.Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Appearance:
    """The settings that the first painted window needs."""

    language: str = "system"
    theme: str = "system"
    scale: int = 100


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """What a window runs. `warnings`: codes collected while the home was opened, for `Texts.warning`."""

    appearance: Appearance
    folder: Path
    work: CoreWork
    warnings: tuple[str, ...] = ()
    clean_up: Callable[[], None] = lambda: None
    """Called at the end, whether or not the work was started."""


def live_plan(given_home: str | None) -> WindowPlan:
    """Return the plan for a live home. Raises StorageError leaves, SettingBad."""
    warnings: list[str] = []
    home = open_home(given_home, warnings.append)
    warnings += ["settings_bad"] if home.file.problems else []
    set_up_logging(home.paths.log_dir)

    async def work(on_ready: Ready, stopping: asyncio.Event) -> None:
        from app.bootstrap.core_runner import run_core

        await run_core(home, on_ready, stopping)

    return WindowPlan(_appearance(home), home.paths.home, work, tuple(warnings))


def demo_plan(given_home: str | None, *, speed: float, keep: bool) -> WindowPlan:
    """Return the plan for the demo: its own operator and home, deleted at the end unless given or kept.

    Raises WrongMode, before anything is written, for a home with live payments or set up for them.
    """
    if given_home:
        refuse_demo_on_live(home_dir(given_home))
    folder = home_dir(given_home) if given_home else _temporary_folder()
    opened = open_home(str(folder), lambda code: None)
    appearance, known = _appearance(opened), opened.settings.operator.url

    async def work(on_ready: Ready, stopping: asyncio.Event) -> None:
        from app.bootstrap.core_runner import run_core

        operator = await _start_simulator(_port_of(known), folder / "operator", speed)
        try:
            shop = Texts(chosen_language(appearance.language)).say("Demo shop")
            home = demo_home(folder, url=operator.url, token=operator.token, shop=shop)
            await run_core(home, on_ready, stopping)
        finally:
            await operator.stop()

    def clean_up() -> None:
        if not (given_home or keep):
            shutil.rmtree(folder, ignore_errors=True)

    return WindowPlan(appearance, folder, work, clean_up=clean_up)


async def _start_simulator(port: int, directory: Path, speed: float) -> Simulator:
    """Return the demo operator where links of an earlier start lead to, or elsewhere where that port is taken."""
    for wanted in dict.fromkeys((port, 0)):
        operator = make_simulator(port=wanted, directory=directory, speed=speed)
        try:
            await operator.start()
        except PortTaken:
            if wanted:
                continue
            raise
        return operator
    raise PortTaken(port=port)


def _port_of(url: str) -> int:
    """Return the port of a demo operator's address; 0 for any other one."""
    address = read_web_address(url)
    return (address.port or 0) if address and address.is_loopback else 0


def _temporary_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="paydesk-demo-"))
    except OSError as failure:
        raise storage_refusal(failure, Path(tempfile.tempdir or "")) from failure


def demo_home(folder: Path, *, url: str, token: str, shop: str) -> Home:
    """Create a home that uses the demo operator in `folder/operator`; an existing shop name is kept.

    It receives callbacks on a free port of its own, which avoids a conflict with a running Paydesk.
    """
    home = open_home(str(folder), lambda code: None)
    settings = {
        "operator.environment": "custom",
        "operator.url": url,
        "operator.public_key_file": str(folder / "operator" / "operator_public.pem"),
        "operator.token": token,
        "shop.name": home.settings.shop.name or shop,
    }
    if home.settings.callbacks.port == DEFAULT_PORT:
        settings["callbacks.port"] = str(_free_port())
    for key, value in settings.items():
        home.file.set(key, value, secrets=home.secrets)
    with suppress(KeysExist):
        make_keys(home)
    return open_home(str(folder), lambda code: None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _appearance(home: Home) -> Appearance:
    chosen = home.settings.ui
    return Appearance(chosen.language, chosen.theme, chosen.scale)


def refuse_demo_on_live(folder: Path) -> None:
    """Return if the demo may use this home: absent, empty, or created by a demo. Writes nothing.

    Raises WrongMode for a home with live payments or set up for them; SettingBad for a broken settings file,
    whose mode is unknown; StorageError leaves.
    """
    from app.storage.tables.schema import mode_of_file

    paths = HomePaths(folder)
    held = mode_of_file(paths.ledger_file)
    file = SettingsFile(paths.settings_file)
    section = file.peek().operator
    if file.problems:
        problem = file.problems[0]
        raise SettingBad(key=problem.key, line=problem.line, reason=problem.reason)
    if held == "live" or not (section.is_demo or _is_untouched(paths, file)):
        raise WrongMode(ledger=held, settings=section.mode, reason="live_home")


def _is_untouched(paths: HomePaths, file: SettingsFile) -> bool:
    from app.settings.vault.secrets import VaultSecrets

    secrets = VaultSecrets(paths, warn=log.warning).names()
    return not (file.given() & LIVE_SETTINGS or secrets & LIVE_SECRETS)


def make_simulator(
    *,
    port: int,
    directory: Path,
    speed: float,
    merchant_key: Path | None = None,
    operator_key: Path | None = None,
    faults: Sequence[str] = (),
    two_step: bool = False,
) -> Simulator:
    """Return the demo operator, not yet bound. Raises BadKey, StorageError leaves."""
    from app.simulator.server import Simulator

    merchant_pem, operator_pem = _pem_in(merchant_key), _pem_in(operator_key)
    try:
        return Simulator(
            port=port,
            directory=directory,
            speed=speed,
            merchant_public_pem=merchant_pem,
            operator_private_pem=operator_pem,
            faults=tuple(faults),
            two_step=two_step,
        )
    except OSError as failure:
        raise storage_refusal(failure, directory) from failure
    except UnicodeDecodeError as failure:
        raise StorageDamaged(path=str(directory)) from failure


def _pem_in(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as failure:
        raise BadKey(reason="unreadable_file") from failure
    if not text.strip():  # no key at all would mean: accept everything, make one
        raise BadKey(reason="unreadable_file")
    return text
