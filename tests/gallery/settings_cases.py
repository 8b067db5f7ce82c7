"""The settings page, section by section."""

from __future__ import annotations

from typing import Any

from app.domain.errors import SettingBad, StorageReadOnly
from app.services.checks.check_result import CheckResult
from app.services.core_api import Health
from app.settings.reading import read_text
from app.settings.schema import SPECS, TOKEN_KEY, build, value_of
from tests.fakes.context import FakePreferences
from tests.gallery.gallery_window import SHOP, Build, GalleryCase, GalleryWindow

FINGERPRINT = "3f9a07c2" * 8


class Checked(FakePreferences):
    """Stores like the real ones: one by one, checked, stopping at the first invalid value."""

    def __init__(self) -> None:
        super().__init__(stored={key: value_of(build({}), key) for key in SPECS} | {TOKEN_KEY: ""})
        self.stored["shop.name"] = SHOP
        self.raw: dict[str, Any] = {}

    async def change(self, values: dict[str, str]) -> None:
        for key, text in values.items():
            self.raw[key] = read_text(key, text)
            self.stored[key] = value_of(build(self.raw), key)


def connect(gallery: GalleryWindow, *, stored_in: str = "keyring") -> Checked:
    """Give the shop a token and a key pair."""
    preferences = Checked()
    preferences.stored[TOKEN_KEY] = "***"
    preferences.key = {"public_key_pem": "PEM", "fingerprint": FINGERPRINT, "stored_in": stored_in}
    gallery.api.preferences = preferences
    return preferences


def _section(section_id: str) -> Build:
    async def build_section(gallery: GalleryWindow) -> None:
        connect(gallery)
        presenter = await gallery.open("settings")
        presenter.open_section(section_id)
        await gallery.settle()

    return build_section


async def without_keys(gallery: GalleryWindow) -> None:
    """A new installation: nothing is connected yet."""
    preferences = Checked()
    preferences.missing_setting = "operator.token"
    gallery.api.preferences = preferences
    gallery.set_shop(missing="operator.token")
    presenter = await gallery.open("settings")
    presenter.open_section("operator")
    await gallery.settle()


async def silent_operator(gallery: GalleryWindow) -> None:
    """*Check connection* was pressed on a new installation, and the operator does not answer."""
    await without_keys(gallery)
    gallery.api.doctor.connection = [
        CheckResult("operator", False, "operator_silent"),
        CheckResult("token_accepted", False, "accepted_unknown"),
    ]
    gallery.pages.presenter("settings").check_connection()
    await gallery.settle()


async def connected(gallery: GalleryWindow) -> None:
    """Nothing is missing, and the operator lets the shop in."""
    connect(gallery)
    gallery.api.doctor.connection = [
        CheckResult("operator", True, "operator_ok", {"ms": 184}),
        CheckResult("token_accepted", True, "accepted_ok"),
    ]
    presenter = await gallery.open("settings")
    presenter.open_section("operator")
    presenter.check_connection()
    await gallery.settle()


async def keys_in_file(gallery: GalleryWindow) -> None:
    """A demo on a system without a key store."""
    gallery.api.is_demo = True
    gallery.set_shop(is_demo=True)
    connect(gallery, stored_in="file")
    presenter = await gallery.open("settings")
    presenter.open_section("operator")
    await gallery.settle()


async def refused(gallery: GalleryWindow) -> None:
    """Some values were stored, one was refused; another section is not saved yet."""
    connect(gallery)
    gallery.api.state = Health(listener_problem="port_taken", listener_port=8733)
    presenter = await gallery.open("settings")
    presenter.edit("shop.name", "Нова назва")
    presenter.open_section("callbacks")
    for key, text in (("callbacks.public_url", "ftp://example"), ("callbacks.signature", "optional")):
        presenter.edit(key, text)
    await gallery.settle()
    presenter.save()
    await gallery.settle()


async def bad_listener_file(gallery: GalleryWindow) -> None:
    """The listener does not start: its certificate cannot be read."""
    connect(gallery)
    error = SettingBad(key="callbacks.tls_certificate_file", reason="unreadable_file")
    gallery.api.state = Health(listener_problem=error.code, listener_setting=error)
    presenter = await gallery.open("settings")
    presenter.open_section("callbacks")
    await gallery.settle()


async def wrong_address(gallery: GalleryWindow) -> None:
    """A custom operator with an invalid address."""
    connect(gallery)
    presenter = await gallery.open("settings")
    presenter.open_section("operator")
    presenter.edit("operator.environment", "custom")
    presenter.edit("operator.url", "http://example.com")
    await gallery.settle()
    presenter.save()
    await gallery.settle()


async def not_saved(gallery: GalleryWindow) -> None:
    """The disk refuses the write."""
    preferences = connect(gallery)

    async def change(values: dict[str, str]) -> None:
        raise StorageReadOnly()

    preferences.change = change  # type: ignore[method-assign]
    presenter = await gallery.open("settings")
    presenter.open_section("till")
    presenter.edit("till.presets", "10, 20, 50, 100, 200, 500")
    await gallery.settle()
    presenter.save()
    await gallery.settle()


async def loading(gallery: GalleryWindow) -> None:
    gallery.context.core = None
    await gallery.open("settings")


async def unreadable(gallery: GalleryWindow) -> None:
    gallery.context.core_problem = gallery.context.texts.error(StorageReadOnly())
    gallery.context.core = None
    await gallery.open("settings")


CASES = (
    GalleryCase("settings-shop", _section("shop")),
    GalleryCase("settings-operator", _section("operator")),
    GalleryCase("settings-operator_new", without_keys),
    GalleryCase("settings-operator_silent", silent_operator),
    GalleryCase("settings-operator_connected", connected),
    GalleryCase("settings-operator_demo", keys_in_file),
    GalleryCase("settings-operator_wrong", wrong_address),
    GalleryCase("settings-callbacks", _section("callbacks")),
    GalleryCase("settings-callbacks_wrong", refused),
    GalleryCase("settings-callbacks_file", bad_listener_file),
    GalleryCase("settings-till", _section("till")),
    GalleryCase("settings-not_saved", not_saved),
    GalleryCase("settings-look", _section("look")),
    GalleryCase("settings-loading", loading),
    GalleryCase("settings-unreadable", unreadable, is_lasting=False),
)
