"""The texts of the doctor: for every code a sentence for people and, for a problem, an advice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

from app.domain.errors import PaydeskError
from app.i18n.formats import moment_text
from app.i18n.marks import _
from app.i18n.texts import Texts

CHECK_RESULT_TEXTS: dict[str, tuple[str, str]] = {
    "settings_ok": (_("The settings can be read."), ""),
    "settings_bad": (
        _("Something in settings.toml cannot be used. {error}"),
        _("Correct that line; until then the last good settings are in use."),
    ),
    "key_ok": (_("The shop's key pair is there: SHA-256 {fingerprint}."), ""),
    "key_missing": (
        _("There is no key pair."),
        _("Make one in the settings, Operator (“paydesk keys make”), and send its public half to the operator."),
    ),
    "token_ok": (_("The operator's token is there."), ""),
    "token_missing": (
        _("The operator's token is missing."),
        _("Ask the operator for it and enter it in the settings: Operator, “Token”."),
    ),
    "operator_key_ok": (_("The operator's public key is there."), ""),
    "operator_key_missing": (
        _("The operator's public key is missing, so its callbacks cannot be verified."),
        _("Ask the operator for it and choose the file in the settings: Operator, “The operator's public key”."),
    ),
    "operator_key_read": (_("The operator's public key in {file} can be read: SHA-256 {fingerprint}."), ""),
    "operator_key_bad": (
        _("The operator's public key in {file} cannot be used: {why}."),
        _("Put the right file there, or take it out of the field “The operator's public key” in the settings."),
    ),
    "ledger_ok": (_("The ledger opens and is intact."), ""),
    "ledger_damaged": (
        _("The ledger is damaged: {reason}"),
        _("Stop Paydesk, keep a copy of the file, and put the last backup in its place."),
    ),
    "ledger_older": (
        _("The ledger is older than this home: number {given} was given out, its newest payment is {newest}."),
        _(
            "Put a newer copy in its place if there is one; compare with the operator's cabinet. New payments get"
            " higher numbers in any case."
        ),
    ),
    "mode_none": (_("There is no payment yet, so the ledger is for either mode, demo or live."), ""),
    "mode_live": (_("The ledger and the settings are both for real payments."), ""),
    "mode_demo": (_("The ledger and the settings are both for the demo."), ""),
    "mode_live_only": (
        _("The ledger holds real payments, but the settings are those of the demo."),
        _("Choose the real environment, token and operator's key in the settings again: Operator."),
    ),
    "mode_demo_only": (
        _("The ledger holds payments of the demo, but the settings are for real payments."),
        _("Use a home of its own for real payments (--home), or go back to the settings of the demo."),
    ),
    "callback_last": (_("The operator's last callback came at {at}."), ""),
    "callback_never": (_("No callback of the operator has come yet."), ""),
    "strays_none": (_("No callbacks came for links that are unknown here."), ""),
    "strays_some": (
        _("Callbacks came recently for links that are unknown here: {count}."),
        _("Compare with the operator's cabinet; after restoring a backup, payments may be missing here."),
    ),
    "strays_named": (
        _(
            "Callbacks came recently for links that are unknown here: {count}. By the numbers that they give back they"
            " may belong to the payments {numbers}."
        ),
        _("Compare with the operator's cabinet; after restoring a backup, payments may be missing here."),
    ),
    "listener_ok": (_("Paydesk listens for callbacks at {address}."), ""),
    "listener_filtered": (
        _("At {address} this computer is turned away, as the setting “Allowed senders” says."),
        "",
    ),
    "listener_nobody": (
        _("Nobody listens for the operator's callbacks on port {port}."),
        _("Open the window, or start “paydesk listen”."),
    ),
    "listener_taken": (
        _("Port {port} is used by another program or by a Paydesk of another home."),
        _("Close that program, or set another “Port” in the settings, Callbacks, and restart Paydesk."),
    ),
    "public_url_ok": (_("The operator is told to call {url}."), ""),
    "public_url_demo": (_("The demo operator runs on this computer, so no public address is needed."), ""),
    "public_url_missing": (
        _("No public address is set, so the operator's callbacks cannot reach this computer."),
        _(
            "Enter the https address that leads here in the settings: Callbacks, “Public address”. Without"
            " it Paydesk can only ask."
        ),
    ),
    "fixed_address_off": (
        _(
            "The fixed address is off: every payment has a secret address of its own. Switch on “Fixed"
            " address” only if the operator has set one address for all callbacks of this shop."
        ),
        "",
    ),
    "fixed_address_on": (
        _("Callbacks to the fixed address {url}/xpay/ are taken; each only makes Paydesk ask about its payment."),
        "",
    ),
    "address_name": (_("The public address is a name; where it leads is for the operator's side to find out."), ""),
    "address_public": (_("The public address can be reached from the internet as far as its number tells."), ""),
    "address_demo": (_("The demo operator needs no address from outside."), ""),
    "address_none": (
        _("There is no public address to judge."),
        _("Enter the “Public address” in the settings, Callbacks."),
    ),
    "address_private": (
        _("{url} is an address of a local network: the operator cannot call it."),
        _("Use your router's outside address or a name, and forward the port to this computer."),
    ),
    "address_carrier": (
        _("{url} is an address that your provider shares among customers: nobody outside can call it."),
        _("Ask the provider for a public address of your own, or use a relay with a public name."),
    ),
    "address_link_local": (
        _("{url} works inside one network segment only: the operator cannot call it."),
        _("Use your router's outside address or a name, and forward the port to this computer."),
    ),
    "address_loopback": (
        _("{url} means this very computer: the operator cannot call it."),
        _("Enter a “Public address” that works from outside, in the settings, Callbacks."),
    ),
    "address_odd": (
        _("{url} is an address for special use: the operator cannot call it."),
        _("Enter a “Public address” that works from outside, in the settings, Callbacks."),
    ),
    "reach_ok": (_("A request to {url} came back to this Paydesk."), ""),
    "reach_local": (_("A request to {url} came to this Paydesk."), ""),
    "reach_filtered": (
        _("A request to {url} was turned away, as the setting “Allowed senders” says."),
        "",
    ),
    "reach_lost": (
        _("A request to {url} got no answer ({reason})."),
        _(
            "Check the router's port forwarding and the firewall. Some routers cannot call themselves from inside: then"
            " try the address from a phone without Wi-Fi."
        ),
    ),
    "reach_certificate": (
        _("This computer does not trust the certificate of {url}, so the operator may refuse to call it."),
        _(
            "Use a certificate of a well-known authority, with its whole chain; if an antivirus or a proxy reads"
            " https on this computer, exempt the address in it."
        ),
    ),
    "reach_certificate_expired": (
        _("The certificate of {url} has expired or is not valid yet, so the operator would refuse to call it."),
        _("Renew the certificate; if it is valid, check this computer's date and time."),
    ),
    "reach_certificate_name": (
        _("The certificate of {url} is for another name, so the operator would refuse to call it."),
        _("Correct the name in “Public address”, or get a certificate for that name."),
    ),
    "reach_other": (
        _("Somebody answers at {url} (HTTP {status}), but it is not this Paydesk."),
        _("Check the router's port forwarding, the proxy's address and the path in “Public address”."),
    ),
    "reach_untested": (
        _("The way from outside could not be tested."),
        _("Set the public address and free the port first, then run the doctor again."),
    ),
    "tls_ok": (_("The operator calls over https."), ""),
    "tls_file_ok": (_("The listener's certificate is valid until {at}."), ""),
    "tls_expired": (
        _("The listener's certificate ended at {at}."),
        _("Renew it; Paydesk takes the new files by itself."),
    ),
    "tls_files_bad": (
        _("{error} The listener goes on with the certificate that it has, valid until {at}."),
        _("Correct the two files; Paydesk takes them by itself."),
    ),
    "tls_other_served": (
        _("The listener serves another certificate, valid until {at}; the one in the file is valid until {file_at}."),
        _("Restart Paydesk, so that it takes the files of the settings."),
    ),
    "tls_not_begun": (
        _("TLS was switched on or off in the settings; the listener still works as before."),
        _("Restart Paydesk: TLS begins and ends with a start."),
    ),
    "tls_demo": (_("The demo operator needs no https."), ""),
    "tls_none": (
        _("Callbacks do not come over https."),
        _("Enter an https address as “Public address”, with a proxy in front or a certificate of your own."),
    ),
    "operator_ok": (_("The operator answers (in {ms} ms)."), ""),
    "operator_refusing": (_("The operator can be reached."), ""),
    "operator_silent": (
        _("The operator does not answer."),
        _(
            "Check the internet, the operator's address in the settings, and that the operator lets this"
            " computer's address in."
        ),
    ),
    "operator_untrusted": (
        _("The certificate at the operator's address is signed by nobody whom this computer trusts."),
        _(
            "An antivirus or a proxy may be reading https: exempt the operator's address in it, or add its"
            " certificate to the system's store (or to the file that SSL_CERT_FILE names)."
        ),
    ),
    "operator_expired": (
        _("The certificate at the operator's address has expired or is not valid yet."),
        _("Check this computer's date and time first; if they are right, tell the operator."),
    ),
    "operator_other_name": (
        _("The certificate at the operator's address is for another name."),
        _(
            "Check the operator's address in the settings. A sign-in page of a public Wi-Fi, a proxy or an"
            " antivirus may be answering instead of the operator."
        ),
    ),
    "operator_no_tls": (
        _("No secure connection (TLS) with the operator could be made."),
        _("Check the host and the port in the operator's address, and that no proxy or antivirus interferes."),
    ),
    "operator_closed": (
        _("The operator's address refuses connections."),
        _("Check the host and the port in the operator's address, and the firewall."),
    ),
    "operator_not_found": (
        _("The computer of the operator's address was not found."),
        _("Check the internet and the name in the operator's address."),
    ),
    "operator_not_asked": (
        _("The operator was not asked. {error}"),
        _("Set what is missing, then run the doctor again."),
    ),
    "accepted_ok": (_("The operator accepts the token and the signature."), ""),
    "accepted_refused": (
        _("The operator does not accept us. {error}"),
        _(
            "Check the token, that the operator has the public half of this very key (“paydesk keys show”), and that"
            " the operator's key of the settings is the one of this environment, and not your own."
        ),
    ),
    "accepted_unknown": (
        _("Whether the operator accepts the token is not known."),
        _("Mend the connection first, then run the doctor again."),
    ),
    "clock_ok": (_("The clock is right (off by {seconds} s)."), ""),
    "clock_off": (
        _("This computer's clock differs from the operator's by {seconds} s."),
        _("Switch on setting the time from the internet, and check the time zone."),
    ),
    "clock_unknown": (_("The clock could not be compared with the operator's."), ""),
    "check_failed": (_("This could not be checked. {error}"), _("Mend that first, then run the doctor again.")),
}
"""Pairs of text and advice; the advice is empty when there is no problem."""

PROBE_REASONS: dict[str, str] = {
    "refused": _("the connection was refused"),
    "timeout": _("no answer in time"),
    "name": _("the name is not known"),
    "connection": _("the connection broke"),
    "tls": _("no secure connection could be made"),
}


def check_result_texts(texts: Texts, code: str, details: Mapping[str, object], zone: tzinfo) -> tuple[str, str]:
    """Return the text and the advice of a result, each on one line; times in the shop's zone."""
    values = {name: _shown(texts, name, value, zone) for name, value in details.items()}
    text, advice = CHECK_RESULT_TEXTS[code]
    sentence = texts.say(text, **values)
    return " ".join(sentence.split()), texts.say(advice, **values) if advice else ""


def _shown(texts: Texts, name: str, value: object, zone: tzinfo) -> object:
    if isinstance(value, PaydeskError):
        return texts.error(value)
    if isinstance(value, datetime):
        return moment_text(value, zone)
    if name == "why":
        return texts.reason(str(value))
    if name == "reason" and value in PROBE_REASONS:
        return texts.say(PROBE_REASONS[str(value)])
    return value
