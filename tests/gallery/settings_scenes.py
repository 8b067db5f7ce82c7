"""The settings, section by section."""

from __future__ import annotations

from typing import Any

from app.domain.errors import SettingBad, StorageReadOnly
from app.services.desk import Health
from app.settings.reading import read_text
from app.settings.schema import SPECS, TOKEN_KEY, build, value_of
from tests.fakes.front import FakePreferences
from tests.gallery.stage import SHOP, Build, Scene, Stage

FINGERPRINT = "3f9a07c2" * 8


class Checked(FakePreferences):
    """Stores like the real ones: one by one, checked; the first bad one stops."""

    def __init__(self) -> None:
        super().__init__(stored={key: value_of(build({}), key) for key in SPECS} | {TOKEN_KEY: ""})
        self.stored["shop.name"] = SHOP
        self.raw: dict[str, Any] = {}

    async def change(self, values: dict[str, str]) -> None:
        for key, text in values.items():
            self.raw[key] = read_text(key, text)
            self.stored[key] = value_of(build(self.raw), key)


def connect(stage: Stage, *, stored_in: str = "keyring") -> Checked:
    """Give the shop a token and a key pair."""
    preferences = Checked()
    preferences.stored[TOKEN_KEY] = "***"
    preferences.key = {"public_key_pem": "PEM", "fingerprint": FINGERPRINT, "stored_in": stored_in}
    stage.desk.preferences = preferences
    return preferences


def _section(section_id: str) -> Build:
    async def build_section(stage: Stage) -> None:
        connect(stage)
        presenter = await stage.open("settings")
        presenter.open_section(section_id)
        await stage.settle()

    return build_section


async def without_keys(stage: Stage) -> None:
    """The first evening: nothing is connected yet."""
    preferences = Checked()
    preferences.lacks = "operator.token"
    stage.desk.preferences = preferences
    stage.be(missing="operator.token")
    presenter = await stage.open("settings")
    presenter.open_section("operator")
    await stage.settle()


async def keys_in_file(stage: Stage) -> None:
    """A demo on a system without a key store."""
    stage.desk.is_demo = True
    stage.be(is_demo=True)
    connect(stage, stored_in="file")
    presenter = await stage.open("settings")
    presenter.open_section("operator")
    await stage.settle()


async def refused(stage: Stage) -> None:
    """Something was stored, something was not; another section is not saved yet."""
    connect(stage)
    stage.desk.state = Health(listener_problem="port_taken", listener_port=8733)
    presenter = await stage.open("settings")
    presenter.edit("shop.name", "Нова назва")
    presenter.open_section("callbacks")
    for key, text in (("callbacks.public_url", "ftp://example"), ("callbacks.signature", "optional")):
        presenter.edit(key, text)
    await stage.settle()
    presenter.save()
    await stage.settle()


async def bad_listener_file(stage: Stage) -> None:
    """The listener does not start: its certificate cannot be read."""
    connect(stage)
    error = SettingBad(key="callbacks.tls_certificate_file", reason="unreadable_file")
    stage.desk.state = Health(listener_problem=error.code, listener_setting=error)
    presenter = await stage.open("settings")
    presenter.open_section("callbacks")
    await stage.settle()


async def wrong_address(stage: Stage) -> None:
    """An own operator with an address that will not do."""
    connect(stage)
    presenter = await stage.open("settings")
    presenter.open_section("operator")
    presenter.edit("operator.environment", "custom")
    presenter.edit("operator.url", "http://example.com")
    await stage.settle()
    presenter.save()
    await stage.settle()


async def not_saved(stage: Stage) -> None:
    """The disk says no."""
    preferences = connect(stage)

    async def change(values: dict[str, str]) -> None:
        raise StorageReadOnly()

    preferences.change = change  # type: ignore[method-assign]
    presenter = await stage.open("settings")
    presenter.open_section("till")
    presenter.edit("till.presets", "10, 20, 50, 100, 200, 500")
    await stage.settle()
    presenter.save()
    await stage.settle()


async def loading(stage: Stage) -> None:
    stage.front.link = None
    await stage.open("settings")


async def unreadable(stage: Stage) -> None:
    stage.front.core_problem = stage.front.texts.error(StorageReadOnly())
    stage.front.link = None
    await stage.open("settings")


SCENES = (
    Scene("settings-shop", _section("shop")),
    Scene("settings-operator", _section("operator")),
    Scene("settings-operator_new", without_keys),
    Scene("settings-operator_demo", keys_in_file),
    Scene("settings-operator_wrong", wrong_address),
    Scene("settings-callbacks", _section("callbacks")),
    Scene("settings-callbacks_wrong", refused),
    Scene("settings-callbacks_file", bad_listener_file),
    Scene("settings-till", _section("till")),
    Scene("settings-not_saved", not_saved),
    Scene("settings-look", _section("look")),
    Scene("settings-loading", loading),
    Scene("settings-unreadable", unreadable, is_lasting=False),
)
