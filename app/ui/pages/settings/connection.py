"""How the desk stands with XPAY, in words: the checklist, the shop's key pair, and how messages arrive."""

from __future__ import annotations

from app.domain.errors import HomeTaken, SettingBad
from app.i18n.formats import moment_text
from app.i18n.texts import Texts
from app.ui.front import Front
from app.ui.pages.settings.codec import SECRET
from app.ui.pages.settings.draft import ADDRESS, ENVIRONMENT
from app.ui.pages.settings.reading import Reading
from app.ui.pages.settings.state import CheckItem, Checklist, KeyPairState, Note

GROUP, IN_LINE = 4, 8
OPERATOR_KEY = "operator.public_key_file"


def checklist(reading: Reading, texts: Texts) -> Checklist:
    """Return the steps of connecting; whether the public key was sent is known to the owner only."""
    say, values = texts.say, reading.values
    items = [
        CheckItem(say("The shop's key pair is made"), reading.key is not None),
        CheckItem(say("The public key is sent to XPAY (you do this yourself)"), None),
        CheckItem(say("The token is entered"), values.get("operator.token") == SECRET),
        CheckItem(say("The operator's public key is here"), _has_operator_key(reading)),
    ]
    if values.get(ENVIRONMENT) == "custom":
        items.append(CheckItem(say("The operator's address is entered"), bool(values.get(ADDRESS))))
    complete = reading.missing is None
    return Checklist(say("XPAY can be asked for links") if complete else say("What is still missing"), tuple(items))


def key_pair(reading: Reading, texts: Texts, *, busy: bool, problem: str) -> KeyPairState:
    """Return the own key pair in words."""
    say, key = texts.say, reading.key
    explanation = say("Requests are signed with the private key, which stays here. XPAY needs the public one.")
    if key is None:
        broken = texts.error(reading.key_problem) if reading.key_problem else ""
        return KeyPairState(explanation, problem=problem or broken, busy=busy)
    in_file = key["stored_in"] == "file"
    kept = say("The private key is kept in a file of the home folder.")
    warning = say("This system has no key store: whoever can read that folder can act for the shop.")
    return KeyPairState(
        explanation=explanation,
        fingerprint=spaced(key["fingerprint"]),
        kept=kept if in_file else say("The private key is kept with the system's key store."),
        warning=warning if in_file else "",
        problem=problem,
        busy=busy,
    )


def spaced(fingerprint: str) -> str:
    """Return the hex digits in groups and lines, so that two people can compare them by voice."""
    groups = [fingerprint[start : start + GROUP] for start in range(0, len(fingerprint), GROUP)]
    return "\n".join(" ".join(groups[start : start + IN_LINE]) for start in range(0, len(groups), IN_LINE))


def callback_notes(reading: Reading, front: Front) -> tuple[Note, ...]:
    """Return how messages arrive now: where, or why not; when the last one came."""
    say, health = front.texts.say, reading.health
    if health.listener_problem:
        return (_listener_problem(reading, front.texts),)
    if health.listener_address is None:
        return (Note(say("Not receiving yet."), "ended", "clock"),)
    notes = [Note(say("Received at {address}.", address=health.listener_address), "paid", "check")]
    if health.callback_at is None:
        notes.append(Note(say("No message since the start."), "ended", "bell"))
    else:
        at = moment_text(health.callback_at, front.shop.zone)
        notes.append(Note(say("The last message came on {time}.", time=at), "ended", "bell"))
    if not health.listener_address.endswith(_stored_address(reading)):
        notes.append(Note(say("The new address will be used after the next start."), "waiting", "refresh"))
    return tuple(notes)


def _listener_problem(reading: Reading, texts: Texts) -> Note:
    code, values = str(reading.health.listener_problem), reading.values
    if code == HomeTaken.code:
        return Note(texts.say("Another Paydesk receives messages for this home."), "ended", "info")
    if code == SettingBad.code:
        told = texts.say("This computer has no address {host}.", host=values.get("callbacks.host"))
        return Note(told, "failed", "warning")
    port = reading.health.listener_port or values.get("callbacks.port")
    return Note(texts.problem(code, port=port), "failed", "warning")


def _stored_address(reading: Reading) -> str:
    host, port = str(reading.values.get("callbacks.host")), reading.values.get("callbacks.port")
    return f"//[{host}]:{port}" if ":" in host else f"//{host}:{port}"


def _has_operator_key(reading: Reading) -> bool:
    if OPERATOR_KEY in reading.bad or reading.missing == OPERATOR_KEY:
        return False
    return bool(reading.values.get(OPERATOR_KEY)) or reading.values.get(ENVIRONMENT) != "custom"
