"""The texts of the payer's page, Ukrainian and English. They belong to the demo operator, not to our catalogues."""

from __future__ import annotations

PAYING_CARD = "4242\u00a04242\u00a04242\u00a04242"
DECLINED_CARD = "4000\u00a00000\u00a00000\u00a00002"
LATER_CARD = "4000\u00a00000\u00a00000\u00a09995"

PAGE_TEXTS: dict[str, dict[str, str]] = {
    "uk": {
        "title": "Оплата",
        "banner": "Демонстрація: гроші не справжні",
        "until": "Сторінка діє до {time}",
        "or": "або карткою",
        "card": "Номер картки",
        "expiry": "Термін дії",
        "cvv": "CVV",
        "pay": "Сплатити {sum}",
        "decline": "Відмовитися",
        "account": "Ваш телефон або e-mail",
        "contact": "Продовжити",
        "paid": "Оплачено",
        "paid_more": "Дякуємо! Можна закрити сторінку.",
        "declined": "Оплата не пройшла",
        "declined_more": "Гроші не списано. Спробуйте іншу картку.",
        "card_declined": "Картку відхилено",
        "refused": "Магазин не прийняв оплату",
        "refused_more": "Зверніться до касира.",
        "expired": "Термін дії сторінки минув",
        "expired_more": "Попросіть у касира нове посилання.",
        "waiting": "Чекаємо на відповідь магазину…",
        "hint": (
            f"Тестові картки: {PAYING_CARD} — оплата, {DECLINED_CARD} — відмова, "
            f"{LATER_CARD} — оплата після першої відмови"
        ),
        "unknown": "Такої сторінки немає",
    },
    "en": {
        "title": "Payment",
        "banner": "Demo: the money is not real",
        "until": "This page works until {time}",
        "or": "or by card",
        "card": "Card number",
        "expiry": "Expires",
        "cvv": "CVV",
        "pay": "Pay {sum}",
        "decline": "Decline",
        "account": "Your phone or e-mail",
        "contact": "Continue",
        "paid": "Paid",
        "paid_more": "Thank you! You can close this page.",
        "declined": "The payment did not go through",
        "declined_more": "No money was taken. Try another card.",
        "card_declined": "The card was declined",
        "refused": "The shop did not accept the payment",
        "refused_more": "Please ask the cashier.",
        "expired": "This page has expired",
        "expired_more": "Ask the cashier for a new link.",
        "waiting": "Waiting for the shop to answer…",
        "hint": (
            f"Test cards: {PAYING_CARD} pays, {DECLINED_CARD} is declined, {LATER_CARD} pays after a first decline"
        ),
        "unknown": "There is no such page",
    },
}


def page_texts(locale: str) -> dict[str, str]:
    """Return the texts of a locale; anything but `en` is Ukrainian."""
    return PAGE_TEXTS["en" if locale == "en" else "uk"]
