"""The verbs about the installation: keys and config."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import FILE
from app.cli.output import Notices, print_json, print_line, run
from app.cli.payments import json_option

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.i18n.texts import Texts


@click.group()
def keys() -> None:
    """The shop's key pair: the private half stays here, the public half goes to XPAY."""


@keys.command("make")
@json_option
@click.pass_obj
def keys_make(home: str | None, as_json: bool) -> None:
    """Make a key pair."""

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import make_keys

        make_keys(opened)
        _show(opened, as_json)

    run(home, work)


@keys.command("show")
@json_option
@click.pass_obj
def keys_show(home: str | None, as_json: bool) -> None:
    """Show the public half, to be sent to XPAY."""

    async def work(opened: Home, texts: Texts) -> None:
        _show(opened, as_json)
        if not as_json:
            _show_replaced_keys(opened, texts)

    run(home, work)


@keys.command("import")
@click.option("--private", "file", required=True, type=FILE)
@click.option("--replace", is_flag=True, help="Take the place of the key that is there; that one is kept aside.")
@json_option
@click.pass_obj
def keys_import(home: str | None, file: Path, replace: bool, as_json: bool) -> None:
    """Take over a private key from a PEM file."""
    notices = Notices()

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import import_key

        replaced = import_key(opened, file, replace=replace)
        _show(opened, as_json)
        if replaced is not None:
            notices.add(texts.say("The earlier key pair is kept aside: SHA-256 {fingerprint}", fingerprint=replaced))
            notices.add(
                texts.say("Send the new public key to XPAY: until then it refuses what is signed with the new key.")
            )

    run(home, work, notices)


def _show(opened: Home, as_json: bool) -> None:
    from app.bootstrap import show_key

    shown = show_key(opened)
    if as_json:
        print_json(shown)
    else:
        for line in shown["public_key_pem"].strip().splitlines():
            print_line(line)
        print_line(f"SHA-256 {shown['fingerprint']}")


def _show_replaced_keys(opened: Home, texts: Texts) -> None:
    from app.bootstrap import replaced_keys
    from app.i18n.formats import moment_text, shop_zone

    zone = shop_zone(opened.settings.shop.timezone)
    for replaced_at, fingerprint in replaced_keys(opened):
        values = {"at": moment_text(replaced_at, zone), "fingerprint": fingerprint}
        print_line(texts.say("Kept aside, replaced at {at}: SHA-256 {fingerprint}", **values))


@click.group()
def config() -> None:
    """Read and change the settings."""


@config.command("get")
@click.argument("key", required=False)
@json_option
@click.pass_obj
def config_get(home: str | None, key: str | None, as_json: bool) -> None:
    """Show one setting, or all. Secrets are shown as ***."""

    async def work(opened: Home, texts: Texts) -> None:
        if key is not None:
            value = opened.file.value(key, opened.settings, opened.secrets)
            print_json(value) if as_json else print_line(_plain(value))
            return
        everything = opened.file.as_dict(opened.settings, opened.secrets)
        if as_json:
            print_json(everything)
            return
        for name, value in everything.items():
            print_line(f"{name} = {_plain(value)}")

    run(home, work)


@config.command("set")
@click.argument("key")
@click.argument("value")
@json_option
@click.pass_obj
def config_set(home: str | None, key: str, value: str, as_json: bool) -> None:
    """Change one setting."""

    async def work(opened: Home, texts: Texts) -> None:
        from app.bootstrap import change_setting, check_tls_setting

        check_tls_setting(key, value)
        change_setting(opened, key, value)
        stored = opened.file.value(key, opened.file.load(), opened.secrets)
        if as_json:
            print_json({key: stored})
        else:
            print_line(f"{key} = {_plain(stored)}")

    run(home, work)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
