"""Which peers may call: the allow-list, trusted proxies, and every notation of an address."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from app.listener.addresses import AddressFilter, read_address, read_networks
from app.listener.policy import ListenerPolicy
from tests.soak.attack import get, statuses
from tests.soak.listener_harness import PATH, QUICK, ListenerHarness, running_listener


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:8080", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[::ffff:192.0.2.1]:1", "192.0.2.1"),
    ],
)
def test_spellings_of_an_address(text: str, address: str) -> None:
    assert read_address(text) == ip_address(address)


@pytest.mark.parametrize("text", ["", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "[", "a:b", "\x80", "1.2.3.4/8"])
def test_what_is_no_address(text: str) -> None:
    assert read_address(text) is None


def test_networks_of_settings() -> None:
    networks = read_networks(["192.0.2.7/24", "198.51.100.1", "2001:db8::/32", "::ffff:10.0.0.0/104", "::/0"])
    assert [str(network) for network in networks] == [
        "192.0.2.0/24", "198.51.100.1/32", "2001:db8::/32", "10.0.0.0/8", "::/0",
    ]  # fmt: skip


PROXY, OUTER, SHOP, OTHER = "10.0.0.1", "10.0.0.2", "192.0.2.1", "203.0.113.9"
BOOK = AddressFilter([SHOP], ["10.0.0.0/24"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "admitted"),
    [
        (SHOP, [], True),
        (OTHER, [], False),
        (OTHER, [SHOP], False),  # this peer's header is not trusted
        (SHOP, [OTHER], True),
        (PROXY, [SHOP], True),
        (PROXY, [OTHER], False),
        (PROXY, [f"{SHOP}, {OTHER}"], False),  # the left ones are unverified
        (PROXY, [f"{OTHER}, {SHOP}"], True),
        (PROXY, [f"{SHOP}, {OUTER}"], True),
        (PROXY, [f"{SHOP}:443,{OUTER},"], True),
        (PROXY, [SHOP, OTHER], False),
        (PROXY, [OTHER, SHOP], True),
        (PROXY, [f"::ffff:{SHOP}"], True),
        (f"::ffff:{PROXY}", [SHOP], True),
        (PROXY, [f"{SHOP}, unknown"], False),
        (PROXY, ["unknown"], False),
        (PROXY, [], False),
        (PROXY, [OUTER], False),
        (PROXY, [", ,"], False),
    ],
)
def test_whom_a_proxy_speaks_for(peer: str, forwarded: list[str], admitted: bool) -> None:
    assert BOOK.allows(BOOK.client(read_address(peer), forwarded)) is admitted


def test_an_empty_list_lets_everybody_in() -> None:
    assert AddressFilter().allows(None)
    assert AddressFilter(trusted=[PROXY]).allows(ip_address(OTHER))


async def asked(harness: ListenerHarness, target: str, *headers: str) -> int:
    answer = await harness.say(get(target, *headers))
    assert answer.endswith(b"\r\n\r\n") or statuses(answer) == [200]
    return statuses(answer)[0]


async def test_a_stranger_gets_403_and_is_counted() -> None:
    async with running_listener(ListenerPolicy(allowed_addresses=(SHOP,), limits=QUICK)) as harness:
        assert await asked(harness, PATH) == 403
        assert await asked(harness, PATH, f"X-Forwarded-For: {SHOP}") == 403
        assert await asked(harness, "/nothing") == 403
        assert await asked(harness, "/health") == 200
        assert harness.counts.refused_addresses == 3
        assert harness.receiver.keys == []


async def test_a_trusted_proxy_names_the_caller() -> None:
    policy = ListenerPolicy(allowed_addresses=(SHOP,), trusted_proxies=("127.0.0.0/8",), limits=QUICK)
    async with running_listener(policy) as harness:
        assert await asked(harness, PATH, f"X-Forwarded-For: {OTHER}", f"X-Forwarded-For: {SHOP}") == 200
        assert await asked(harness, PATH, f"X-Forwarded-For: {SHOP}, {OTHER}") == 403
        assert await asked(harness, "/health", f"X-Forwarded-For: {OTHER}") == 403
        assert await asked(harness, "/health", "X-Forwarded-For: 127.0.0.1") == 200


async def test_a_changed_list_counts_at_once() -> None:
    async with running_listener(ListenerPolicy(allowed_addresses=(SHOP,), limits=QUICK)) as harness:
        assert await asked(harness, PATH) == 403
        harness.policy = ListenerPolicy(allowed_addresses=("127.0.0.1",))
        assert await asked(harness, PATH) == 200
