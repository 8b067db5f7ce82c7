"""The table of the settings page: the sections, their settings and the texts of both.

To add a setting: 1. its key, default and check in `app/settings/schema.py`; 2. its line here, in the section and at the
place where people look for it; 3. its sentences in the Ukrainian catalogue. A new kind of editor: a kind in
`state.py`, its editor and a line in EDITORS of `widgets/editors.py`; a new value format: a codec in
`codecs.py`.
To add a section: a SectionSpec in SECTIONS; what is not a field (notes, key pair, check-up) is added to it in
`section.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.domain.errors import PaydeskError
from app.domain.money import parse_amounts
from app.i18n.formats import money_text
from app.i18n.marks import _
from app.i18n.texts import Texts
from app.ui.pages.settings.codecs import AMOUNT, AMOUNTS, FLAG, HIDDEN, LIST, NUMBER, PATHS, TEXT, Codec
from app.ui.pages.settings.state import FieldKind as Kind

ENVIRONMENT, ADDRESS, OPERATOR_KEY = "operator.environment", "operator.url", "operator.public_key_file"
TOKEN = "operator.token"
ZONES = (
    "Europe/Kyiv", "Europe/Warsaw", "Europe/Prague", "Europe/Bucharest", "Europe/Vilnius", "Europe/Berlin",
    "Europe/London", "UTC",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """`hint` is shown below the editor; `preview` replaces it with the parsed value once the typed text is valid.

    `choices`: (value, word). `only_if`: (key, value) of the field that this one depends on. `warn_if`: (value, text).
    `needed`: must not be empty while visible. `heading` opens a group.
    """

    key: str
    kind: Kind
    label: str
    hint: str = ""
    codec: Codec = TEXT
    choices: tuple[tuple[str, str], ...] = ()
    heading: str = ""
    unit: str = ""
    placeholder: str = ""
    only_if: tuple[str, str] | None = None
    warn_if: tuple[str, str] | None = None
    preview: Callable[[str, Texts], str] | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """`instant`: a choice is stored as soon as it is made."""

    id: str
    title: str
    icon: str
    fields: tuple[FieldSpec, ...]
    instant: bool = False


def amounts_preview(text: str, texts: Texts) -> str:
    """Return the amounts as parsed: `50,00 ₴ · 100,00 ₴`; empty while they cannot be parsed."""
    try:
        return " · ".join(money_text(minor) for minor in parse_amounts(text))
    except PaydeskError:
        return ""


SHOP = (
    FieldSpec("shop.name", Kind.TEXT, _("Shop name"), _("Shown at the top of the window.")),
    FieldSpec(
        "shop.terminal_id", Kind.NUMBER, _("Terminal number"),
        _("The number of this desk at XPAY. Payments keep the number that they were made with."),
    ),
    FieldSpec(
        "shop.payer_locale", Kind.CHOICE, _("Customer's language"), _("The page where the customer pays opens in it."),
        choices=(("uk", "Українська"), ("en", "English")),
    ),
    FieldSpec(
        "shop.timezone", Kind.SUGGEST, _("Time zone"), _("Times and days are counted in it."),
        choices=tuple((zone, zone) for zone in ZONES),
    ),
    FieldSpec(
        "shop.day_starts_at", Kind.NUMBER, _("The shop's day starts at"),
        _("Sales made earlier at night belong to the day before. 00:00 is midnight."), placeholder="00:00",
    ),
)  # fmt: skip

OPERATOR = (
    FieldSpec(
        ENVIRONMENT, Kind.CHOICE, _("Environment"), heading=_("Connection"),
        choices=(("test", _("Test")), ("production", _("Production")), ("custom", _("Own address"))),
    ),
    FieldSpec(
        ADDRESS, Kind.TEXT, _("The operator's address"), _("It starts with https://"),
        only_if=(ENVIRONMENT, "custom"), needed=True,
    ),
    FieldSpec(
        TOKEN, Kind.PASSWORD, _("Token"),
        _("You get it from XPAY. It is kept with the secrets and never shown."), codec=HIDDEN,
    ),
    FieldSpec(
        OPERATOR_KEY, Kind.FILE, _("The operator's public key"),
        _(
            "A PEM file from XPAY, or two with a comma between them while XPAY changes its key. When empty, the key"
            " that XPAY has published for the environment is used."
        ),
        codec=PATHS,
    ),
    FieldSpec(
        "operator.timeout_s", Kind.NUMBER, _("Wait for an answer"),
        _("After that XPAY counts as silent; Paydesk asks again later."), codec=NUMBER,
        heading=_("Answers"), unit=_("seconds"),
    ),
    FieldSpec(
        "operator.status_query_proves_payment", Kind.FLAG, _("An inquiry proves the payment"),
        _("When no callback came, XPAY's answer to an inquiry is enough. Otherwise a person confirms the payment."),
        codec=FLAG,
    ),
    FieldSpec(
        "operator.answer_auth", Kind.FLAG, _("Allow Google Pay and Apple Pay"),
        _("XPAY asks before such a payment whether to go on. When this is off, the answer is no."), codec=FLAG,
    ),
)  # fmt: skip

CALLBACKS = (
    FieldSpec(
        "callbacks.public_url", Kind.TEXT, _("Public address"),
        _("XPAY sends its callbacks here, so it must reach this address from the internet."),
        heading=_("How XPAY reaches this desk"), placeholder="https://pay.example.com",
        warn_if=("", _("Without it callbacks arrive only from this very computer.")),
    ),
    FieldSpec(
        "callbacks.host", Kind.TEXT, _("Listens on"),
        _("127.0.0.1 is this computer only, 0.0.0.0 is every network it is in. Changes work after the next start."),
        heading=_("This computer"),
    ),
    FieldSpec(
        "callbacks.port", Kind.NUMBER, _("Port"), _("Changes work after the next start."), codec=NUMBER,
    ),
    FieldSpec(
        "callbacks.signature", Kind.CHOICE, _("Signature of callbacks"), heading=_("What is believed"),
        choices=(("required", _("Required")), ("optional", _("Optional"))),
        warn_if=("optional", _("Unsigned callbacks about payments are believed. Switch this on only if XPAY says so.")),
    ),
    FieldSpec(
        "callbacks.fixed_address", Kind.FLAG, _("Fixed address"),
        _("Only if XPAY has set one address for all callbacks of this shop: it is the public address with /xpay/."),
        codec=FLAG,
    ),
    FieldSpec(
        "callbacks.allowed_addresses", Kind.LINES, _("Allowed senders"),
        _("Addresses and networks, with commas between them. When empty, callbacks may come from anywhere."),
        codec=LIST, placeholder="203.0.113.7, 198.51.100.0/24",
    ),
    FieldSpec(
        "callbacks.success_url", Kind.TEXT, _("Page after a payment"),
        _("The customer is sent there. When empty, XPAY shows its own page."),
        heading=_("Where the customer goes next"), placeholder="https://",
    ),
    FieldSpec(
        "callbacks.fail_url", Kind.TEXT, _("Page after a failed attempt"), placeholder="https://",
    ),
)  # fmt: skip

TILL = (
    FieldSpec(
        "till.ttl_minutes", Kind.NUMBER, _("A link works for"), _("Then it runs out and cannot be paid any more."),
        codec=NUMBER, unit=_("minutes"),
    ),
    FieldSpec(
        "till.max_amount_minor", Kind.SUM, _("The largest sum"),
        _("More than that cannot be asked for at the till."),
        codec=AMOUNT, unit="₴",
    ),
    FieldSpec(
        "till.presets", Kind.SUMS, _("Sums on keys"), _("With commas between them, such as 50, 100, 200, 500."),
        codec=AMOUNTS, placeholder="50, 100, 200, 500", preview=amounts_preview,
    ),
)  # fmt: skip

LOOK = (
    FieldSpec(
        "ui.language", Kind.CHOICE, _("Language"),
        choices=(("system", _("As the system")), ("uk", "Українська"), ("en", "English")),
    ),
    FieldSpec(
        "ui.theme", Kind.CHOICE, _("Theme"),
        choices=(("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))),
    ),
    FieldSpec(
        "ui.scale", Kind.CHOICE, _("Scale"), _("Takes effect at the next start."), codec=NUMBER,
        choices=tuple((str(percent), f"{percent} %") for percent in (100, 125, 150, 175, 200)),
    ),
)  # fmt: skip

SECTIONS = (
    SectionSpec("shop", _("Shop"), "shop", SHOP),
    SectionSpec("operator", _("Operator (XPAY)"), "link", OPERATOR),
    SectionSpec("callbacks", _("Callbacks"), "bell", CALLBACKS),
    SectionSpec("till", _("Till"), "till", TILL),
    SectionSpec("look", _("Language and look"), "palette", LOOK, instant=True),
    SectionSpec("checkup", _("Check-up"), "search", (), instant=True),
)

SPECS: Mapping[str, FieldSpec] = {spec.key: spec for section in SECTIONS for spec in section.fields}
