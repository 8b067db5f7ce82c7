"""Every setting of contract.md 4: its section, default and check.

To add a setting: 1. a field with its default in a section; 2. its line in SPECS; 3. contract.md 4 and CHANGELOG.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from app.domain.errors import SettingUnknown
from app.domain.web_addresses import scheme_of
from app.settings import checks
from app.settings.checks import Check

OPERATOR_URLS = {
    "test": "https://stage-papi.xpaydirect.com/xpay",
    "production": "https://papi.xpaydirect.com/xpay",
    "custom": "",
}
OPERATOR_CHOICE = frozenset({"operator.environment", "operator.url"})
"""The settings that select the operator's server; one of them is sufficient."""
DEFAULT_PORT = 8733
TOKEN_KEY = "operator.token"
TOKEN_SECRET = "operator_token"


@dataclass(frozen=True, slots=True)
class OperatorSection:
    """`url` is the address in use: the one that was set, else that of `environment`.

    `public_key_file` names one file, or several during a key rotation of the operator.
    """

    url: str = OPERATOR_URLS["test"]
    public_key_file: str | tuple[str, ...] = ""
    environment: str = "test"
    ttl_value: str = ""
    timeout_s: float = 30
    answer_auth: bool = True
    status_query_proves_payment: bool | None = None

    @property
    def public_key_files(self) -> tuple[str, ...]:
        """The operator's key files, the one that requests are sealed for first."""
        named = self.public_key_file
        return named if isinstance(named, tuple) else (named,) if named else ()

    @property
    def is_demo(self) -> bool:
        """Plain http is allowed on loopback only, and only the demo operator lives there."""
        return scheme_of(self.url) == "http"

    @property
    def mode(self) -> str:
        """`demo` or `live`, as stored in a ledger; a ledger has one mode for life (protocol.md A7)."""
        return "demo" if self.is_demo else "live"

    @property
    def inquiry_proves(self) -> bool:
        """Return `status_query_proves_payment`, or its default: on in demo, off live (protocol.md A4)."""
        chosen = self.status_query_proves_payment
        return self.is_demo if chosen is None else chosen


@dataclass(frozen=True, slots=True)
class CallbacksSection:
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_url: str = ""
    success_url: str = ""
    fail_url: str = ""
    signature: str = "required"
    fixed_address: bool = False
    allowed_addresses: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    tls_certificate_file: str = ""
    tls_key_file: str = ""

    @property
    def has_tls(self) -> bool:
        """One file is enough to require TLS: the missing one is reported, without a fallback to plain http."""
        return bool(self.tls_certificate_file or self.tls_key_file)


@dataclass(frozen=True, slots=True)
class ShopSection:
    name: str = ""
    terminal_id: str = "1"
    payer_locale: str = "uk"
    timezone: str = "Europe/Kyiv"
    day_starts_at: str = "00:00"


@dataclass(frozen=True, slots=True)
class TillSection:
    ttl_minutes: int = 15
    max_amount_minor: int = 10_000_000
    presets: tuple[int, ...] = (5_000, 10_000, 20_000, 50_000)
    sound: bool = True


@dataclass(frozen=True, slots=True)
class UiSection:
    language: str = "system"
    theme: str = "system"
    scale: int = 100


@dataclass(frozen=True, slots=True)
class DataSection:
    backup_dir: str = ""
    backups_kept: int = 14


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a home except the secrets."""

    operator: OperatorSection = field(default_factory=OperatorSection)
    callbacks: CallbacksSection = field(default_factory=CallbacksSection)
    shop: ShopSection = field(default_factory=ShopSection)
    till: TillSection = field(default_factory=TillSection)
    ui: UiSection = field(default_factory=UiSection)
    data: DataSection = field(default_factory=DataSection)


class Kind(Enum):
    """How the text of `config set` is converted to a TOML value."""

    TEXT = auto()
    PATH = auto()
    PATHS = auto()
    WHOLE = auto()
    NUMBER = auto()
    FLAG = auto()
    TEXTS = auto()
    WHOLES = auto()


@dataclass(frozen=True, slots=True)
class Spec:
    kind: Kind
    check: Check


_AMOUNT = checks.whole(1, 999_999_999_999)  # the operator's `sum` has at most twelve digits
_NETWORKS = Spec(Kind.TEXTS, checks.list_of(checks.network, most=100))
_FILE = Spec(Kind.PATH, checks.free_text)
_PAGE = Spec(Kind.TEXT, checks.page_url)
_FLAG = Spec(Kind.FLAG, checks.flag)

SPECS: dict[str, Spec] = {
    "operator.url": Spec(Kind.TEXT, checks.operator_url),
    "operator.public_key_file": Spec(Kind.PATHS, checks.path_or_paths(most=10)),
    "operator.environment": Spec(Kind.TEXT, checks.one_of("test", "production", "custom")),
    "operator.ttl_value": Spec(Kind.TEXT, checks.free_text),
    "operator.timeout_s": Spec(Kind.NUMBER, checks.seconds(0.1, 300)),
    "operator.answer_auth": _FLAG,
    "operator.status_query_proves_payment": _FLAG,
    "callbacks.host": Spec(Kind.TEXT, checks.host),
    "callbacks.port": Spec(Kind.WHOLE, checks.whole(1, 65535)),
    "callbacks.public_url": Spec(Kind.TEXT, checks.base_url),
    "callbacks.success_url": _PAGE,
    "callbacks.fail_url": _PAGE,
    "callbacks.signature": Spec(Kind.TEXT, checks.one_of("required", "optional")),
    "callbacks.fixed_address": _FLAG,
    "callbacks.allowed_addresses": _NETWORKS,
    "callbacks.trusted_proxies": _NETWORKS,
    "callbacks.tls_certificate_file": _FILE,
    "callbacks.tls_key_file": _FILE,
    "shop.name": Spec(Kind.TEXT, checks.free_text),
    "shop.terminal_id": Spec(Kind.TEXT, checks.required_free_text),
    "shop.payer_locale": Spec(Kind.TEXT, checks.one_of("uk", "en")),
    "shop.timezone": Spec(Kind.TEXT, checks.zone),
    "shop.day_starts_at": Spec(Kind.TEXT, checks.day_time),
    "till.ttl_minutes": Spec(Kind.WHOLE, checks.whole(1, 43_200)),
    "till.max_amount_minor": Spec(Kind.WHOLE, _AMOUNT),
    "till.presets": Spec(Kind.WHOLES, checks.list_of(_AMOUNT, most=12)),
    "till.sound": _FLAG,
    "ui.language": Spec(Kind.TEXT, checks.one_of("system", "uk", "en")),
    "ui.theme": Spec(Kind.TEXT, checks.one_of("system", "light", "dark")),
    "ui.scale": Spec(Kind.WHOLE, checks.whole(50, 300)),
    "data.backup_dir": _FILE,
    "data.backups_kept": Spec(Kind.WHOLE, checks.whole(1, 1000)),
}
"""Every key except `operator.token`, which is a secret."""


def spec_of(key: str) -> Spec:
    """Return the key's spec; raises SettingUnknown."""
    try:
        return SPECS[key]
    except KeyError:
        raise SettingUnknown(key=key) from None


def build(values: Mapping[str, Any]) -> Settings:
    """Return the settings of checked flat values; absent values have their defaults."""
    groups: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        groups.setdefault(section, {})[name] = value
    operator = groups.get("operator", {})
    operator["url"] = operator.get("url") or OPERATOR_URLS[operator.get("environment", "test")]
    return Settings(
        operator=OperatorSection(**operator),
        callbacks=CallbacksSection(**groups.get("callbacks", {})),
        shop=ShopSection(**groups.get("shop", {})),
        till=TillSection(**groups.get("till", {})),
        ui=UiSection(**groups.get("ui", {})),
        data=DataSection(**groups.get("data", {})),
    )


def value_of(settings: Settings, key: str) -> object:
    """Return the JSON value in force for any key except the token. Raises SettingUnknown."""
    spec_of(key)
    if key == "operator.status_query_proves_payment":
        return settings.operator.inquiry_proves
    section, _, name = key.partition(".")
    value: object = getattr(getattr(settings, section), name)
    return list(value) if isinstance(value, tuple) else value
