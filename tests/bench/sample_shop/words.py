"""What a made-up shop sells, who works there, who buys, and what the operator answers."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from app.services.ports.ledger_transaction import Contact

CASHIERS = ("Олена", "Тарас", "Ірина", "Максим", "Наталія", "Софія Петренко", "каса 2")
CASHIER_WEIGHTS = (30, 22, 16, 12, 9, 6, 5)
GOODS: tuple[tuple[str, int, int], ...] = (
    ("Кава", 4500, 9500),
    ("Кава та круасан", 9500, 16500),
    ("Лате велике", 7500, 11000),
    ("Капучино", 6500, 9900),
    ("Чай трав'яний", 4000, 8000),
    ("Сніданок", 14500, 28000),
    ("Обід", 18500, 34000),
    ("Торт «Київський»", 45000, 98000),
    ("Торт на замовлення", 90000, 420000),
    ("Букет троянд", 65000, 320000),
    ("Букет польових квітів", 35000, 95000),
    ("Доставка", 6000, 18000),
    ("Доставка Новою поштою", 7000, 21000),
    ("Книга", 22000, 75000),
    ("Подарунковий сертифікат", 50000, 500000),
    ("Передоплата", 20000, 1500000),
    ("Оренда зали, аванс", 150000, 1200000),
    ("Майстер-клас", 45000, 180000),
    ("Ремонт взуття", 25000, 90000),
    ("Пральний порошок, 3 кг", 21000, 52000),
    ("Мед з гречки, 0,5 л", 16000, 29000),
    ("Вишиванка", 120000, 480000),
    ("Свічки ручної роботи", 18000, 65000),
    ("Їжа для кота", 9000, 78000),
    ("Ґречані хлібці", 5500, 13000),
    ("Gift card", 50000, 300000),
)
GOODS_WEIGHTS = (14, 11, 9, 9, 5, 6, 7, 3, 1, 3, 3, 4, 3, 3, 2, 2, 1, 2, 2, 2, 2, 1, 2, 2, 2, 1)
NOTES = (", стіл {n}", " × {n}", " для {name}", ", замовлення з сайту", " (до п'ятниці)", ", вул. Хрещатик, {n}")
NAMES = ("Марії", "Андрія", "Юлії", "Богдана", "Катерини", "Олексія", "Дарини", "пані Галини", "Є. Ґалаґана")
MAILBOXES = ("olena", "taras.k", "iryna", "m.kovalenko", "sofia", "y.shevchenko", "bohdan", "kateryna_l", "d.melnyk")
MAIL_HOSTS = ("ukr.net", "gmail.com", "i.ua", "meta.ua", "example.com")
OPERATOR_CODES = ("50", "63", "66", "67", "68", "73", "93", "95", "96", "97", "98", "99")
CARD_BEGINNINGS = ("414943", "516875", "535838", "444111", "537541", "431414", "557721", "403021", "424242")
DECLINES = (
    "Картку відхилено",
    "Недостатньо коштів",
    "Перевищено ліміт інтернет-платежів",
    "3-D Secure не пройдено",
    "Термін дії картки минув",
    "Зверніться до банку",
)
REFUND_REASONS = (
    "передумали",
    "товару немає в наявності",
    "повернення за чеком",
    "не той розмір",
    "подвійна оплата",
    "помилка касира",
    "доставка не відбулася",
)
SETTLED_BECAUSE = ("перевірено за випискою", "домовлено з клієнтом", "повернуто готівкою", "видано інший товар")

_GOLDEN, _KNOWN_SHARE = 0.6180339887, 0.35


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is sold to whom."""

    amount_minor: int
    purpose: str | None
    order: str | None
    contact: Contact | None
    cashier: str | None


def knows_customer(number: int) -> bool:
    """Say whether a payment has a phone or an e-mail; known beforehand, because customers are numbered in order."""
    return number * _GOLDEN % 1 < _KNOWN_SHARE


def wanted(rng: Random, number: int) -> Wanted:
    """Return one sale of the shop."""
    name, least, most = rng.choices(GOODS, GOODS_WEIGHTS)[0]
    dice = rng.random()
    purpose: str | None = name
    if dice < 0.3:
        purpose += NOTES[int(dice * 20)].format(n=rng.randint(1, 24), name=rng.choice(NAMES))
    elif dice > 0.92:
        purpose = None
    amount_minor = rng.randrange(least, most + 1, 500 if dice < 0.8 else 10)
    order = f"{'WEB' if dice < 0.1 else 'З'}-{number + 1000}" if rng.random() < 0.22 else None
    cashier = rng.choices(CASHIERS, CASHIER_WEIGHTS)[0] if rng.random() < 0.97 else None
    return Wanted(amount_minor, purpose, order, _customer(rng) if knows_customer(number) else None, cashier)


def _customer(rng: Random) -> Contact:
    """Return who buys: often one of the regulars, who come again and again."""
    dice = rng.random() * _KNOWN_SHARE
    who = int(abs(rng.gauss(0, 1)) * 3000) if dice < 0.25 else rng.randrange(3000, 400_000)
    phone = f"380{OPERATOR_CODES[who % 12]}{(who * 7_368_787 + 1_234_567) % 10_000_000:07}"
    if dice < 0.22:
        return Contact(phone, None)
    email = f"{MAILBOXES[who % 9]}{who if who > 8 else ''}@{MAIL_HOSTS[who % 5]}"
    return Contact(phone if dice < 0.26 else None, email)


def card(rng: Random) -> str:
    """Return a payer's card as its mask."""
    return f"{rng.choice(CARD_BEGINNINGS)}******{rng.randrange(10_000):04}"
