"""The payer's page as HTML: plain forms, no JavaScript, stable ids (contract.md 5). All external text is escaped."""

from __future__ import annotations

from datetime import datetime
from html import escape

from app.domain.operator_codes import OperationStatus
from app.domain.text.plain_text import one_line
from app.i18n.formats import money_text
from app.simulator.callbacks import ZONE
from app.simulator.orders import Order
from app.simulator.page_texts import page_texts

CSS = """
:root{--bg:#F5F6F8;--surface:#FFF;--border:#DFE3E8;--text:#14181F;--muted:#59636F;--accent:#2B4BC8;--on:#FFF;
--att:#A8460A;--attbg:#FFE9DA;--ok:#12734A;--okbg:#E2F4EA;--bad:#B3261E;--badbg:#FDE8E6}
@media(prefers-color-scheme:dark){:root{--bg:#15181C;--surface:#1E2227;--border:#333A42;--text:#EEF1F4;--muted:#A3ADB8;
--accent:#7C97FF;--on:#0E1220;--att:#FFB37E;--attbg:#46280F;--ok:#6FD6A5;--okbg:#15352A;--bad:#FF9C94;--badbg:#43201D}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:16px/1.45 Inter,system-ui,"Segoe UI",sans-serif}
main{max-width:420px;margin:0 auto;padding:20px;display:grid;gap:16px}
.banner{background:var(--attbg);color:var(--att);border-radius:8px;padding:10px 14px;font-size:14px;font-weight:600}
.card{background:var(--surface);border:1px solid var(--border);border-radius:12px;padding:20px}
.sum{text-align:center}.sum p{margin:4px 0;overflow-wrap:anywhere}.muted{color:var(--muted);font-size:14px}
.amount{font-size:40px;font-weight:700;font-variant-numeric:tabular-nums;white-space:nowrap}
form{margin:0}label{display:grid;gap:6px;color:var(--muted);font-size:14px;margin-bottom:14px}
input{font:inherit;color:var(--text);background:var(--surface);border:1px solid var(--border);border-radius:8px;
padding:10px 14px;min-height:44px;width:100%}
.two{display:grid;grid-template-columns:1fr 1fr;gap:12px}
button{font:inherit;font-weight:600;border-radius:8px;min-height:48px;width:100%;cursor:pointer;
border:1px solid var(--border);background:var(--surface);color:var(--text)}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on);min-height:56px;margin-bottom:14px}
button.wallet{background:#000;border-color:var(--border);color:#FFF}
button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.or{text-align:center;color:var(--muted);font-size:14px}
.result{text-align:center;border-radius:12px;padding:28px 20px}
.result b{display:block;font-size:22px;margin:8px 0 4px}.result .mark{font-size:40px;line-height:1}
.paid{background:var(--okbg);color:var(--ok)}
.declined,.refused,.expired{background:var(--badbg);color:var(--bad)}
.hint{color:var(--muted);font-size:13px;text-align:center}
"""
MARKS = {"paid": "✓", "declined": "✕", "refused": "✕", "expired": "⏱"}


def _foreign(text: str) -> str:
    """Return external text for the page or an attribute: escaped, without control of the text direction."""
    return escape(one_line(text), quote=True)


def outcome_of(order: Order, now: datetime) -> str | None:
    """Return paid, refused, declined or expired; None before an outcome or while a callback awaits its answer."""
    if order.status == OperationStatus.DONE:
        return "paid"
    if now >= order.expires_at:
        return "expired"
    if order.waiting:
        return None
    if order.error == "refused":
        return "refused"
    return "declined" if order.error else None


def page(order: Order, now: datetime, *, two_step: bool) -> str:
    """Return the complete page of an order in its current state."""
    outcome = outcome_of(order, now)
    parts = [_banner(order), _sum(order)]
    if outcome:
        parts.append(_result(order, outcome))
    if order.waiting and outcome is None:
        parts.append(f'<p class="hint" id="waiting">{page_texts(order.locale)["waiting"]}</p>')
        return _document(order.locale, "".join(parts), again=True)
    if outcome not in ("paid", "expired"):
        parts.append(_contact(order) if two_step and not order.checked else _forms(order))
    return _document(order.locale, "".join(parts))


def unknown_page() -> str:
    """Return the page of a link that does not exist."""
    return _document("uk", f'<p class="card">{page_texts("uk")["unknown"]} / {page_texts("en")["unknown"]}</p>')


def _document(locale: str, body: str, *, again: bool = False) -> str:
    """Return the page around a body; with `again` it reloads after some seconds, without JavaScript."""
    say = page_texts(locale)
    refresh = '<meta http-equiv="refresh" content="3">' if again else ""
    return (
        f'<!doctype html><html lang="{"en" if locale == "en" else "uk"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{refresh}'
        f"<title>{say['title']}</title><style>{CSS}</style></head><body><main>{body}</main></body></html>"
    )


def _banner(order: Order) -> str:
    return f'<div class="banner">{page_texts(order.locale)["banner"]}</div>'


def _sum(order: Order) -> str:
    purpose = _foreign(str(order.data.get("Purpose") or order.data.get("Order") or ""))
    until = page_texts(order.locale)["until"].format(time=order.expires_at.astimezone(ZONE).strftime("%H:%M"))
    return (
        f'<section class="card sum"><p class="amount">{money_text(order.amount_minor)}</p>'
        f'<p>{purpose}</p><p class="muted">{until}</p></section>'
    )


def _result(order: Order, outcome: str) -> str:
    say = page_texts(order.locale)
    more = _foreign(order.refused) if outcome == "refused" and order.refused else say[f"{outcome}_more"]
    return (
        f'<section class="result {outcome}" id="result" data-status="{outcome}" role="status">'
        f'<span class="mark" aria-hidden="true">{MARKS[outcome]}</span><b>{say[outcome]}</b>{more}</section>'
    )


def _contact(order: Order) -> str:
    say = page_texts(order.locale)
    return (
        '<form class="card" method="post"><input type="hidden" name="action" value="contact">'
        f'<label>{say["account"]}<input id="account" name="account" autocomplete="email" required></label>'
        f'<button class="main" id="contact">{say["contact"]}</button></form>'
    )


def _forms(order: Order) -> str:
    say = page_texts(order.locale)
    wallets = (
        f'<div class="two">{_button("gpay", "G Pay", "wallet")}{_button("applepay", "Apple Pay", "wallet")}</div>'
        f'<div class="or">{say["or"]}</div>'
        if order.pays_by_wallet
        else ""
    )
    # The expiry and CVV fields have no names, so their content is never sent.
    return (
        f'{wallets}<section class="card"><form method="post"><input type="hidden" name="action" value="pay">'
        f'<label>{say["card"]}<input id="card" name="card" inputmode="numeric" autocomplete="off" required '
        f'value="4242 4242 4242 4242"></label><div class="two"><label>{say["expiry"]}'
        f'<input value="12 / 29" autocomplete="off"></label><label>{say["cvv"]}'
        '<input type="password" value="123" autocomplete="off"></label></div>'
        f'<button class="main" id="pay">{say["pay"].format(sum=money_text(order.amount_minor))}</button></form>'
        f'{_button("decline", say["decline"], "")}</section><p class="hint">{say["hint"]}</p>'
    )


def _button(action: str, label: str, css_class: str) -> str:
    return (
        f'<form method="post"><input type="hidden" name="action" value="{action}">'
        f'<button id="{action}" class="{css_class}">{label}</button></form>'
    )
