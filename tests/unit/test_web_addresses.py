"""Web addresses: which host they name, whether it is this computer, and whether live payments may go there."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from app.domain.web_addresses import WebAddress, base_url, host_kind, read_ip, read_web_address


def read(text: str) -> WebAddress:
    address = read_web_address(text)
    assert address is not None, text
    return address


def test_the_parts_of_an_address() -> None:
    address = read("HTTPS://MAPI.Xpay.Com.UA:488/uk/A?b=C#d")
    assert (address.scheme, address.host, address.port) == ("https", "mapi.xpay.com.ua", 488)
    assert (address.path, address.query, address.fragment) == ("/uk/A", "b=C", "d")
    assert (address.has_login, address.is_unambiguous, address.is_trustworthy) == (False, True, True)


def test_an_ipv6_literal_has_no_brackets_and_gets_them_back() -> None:
    address = read("http://[2A00:1450::1]:8080/")
    assert (address.host, address.port) == ("2a00:1450::1", 8080)
    assert base_url("http", address.host, 8080) == "http://[2a00:1450::1]:8080"
    assert base_url("https", "pay.example.com", 443) == "https://pay.example.com:443"


@pytest.mark.parametrize(
    "text",
    [
        None, 5, b"https://example.com/", ["https://example.com/"], "", "example.com", "//example.com/", "ftp://example.com/",
        "javascript:alert(1)", "https:///example.com", "https://:443/", "https://example.com:0/", "https://example.com:65536/",
        "https://example.com:x/", "https://[::1/", "https://exa mple.com/", "https://example.com/a b", "https://example.com\t/",
        "https://example.com/\u00a0", "https://example.com\n",
    ],
)  # fmt: skip
def test_what_is_no_web_address(text: object) -> None:
    assert read_web_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://anna@example.com/",
        "https://anna:secret@example.com/",
        "https://@example.com/",
        "https://example.com@evil.example/",
        "https://example.com:/",
        "https://example.com./",
        "https://example.com.:443/",
        "https://evil.example%2f.example.com/",
        "https://[fe80::1%25eth0]/",
        "https://evil.example\\.example.com/",
        "https://пошта.укр/",
        "https://mаpi.xpaydirect.com/",
        "https://example.com/é",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_where_two_programs_may_read_two_hosts_no_money_goes(text: str) -> None:
    address = read(text)
    assert not address.is_unambiguous
    assert not address.is_trustworthy
    assert address.has_login is ("@" in text)


def test_an_international_name_is_trusted_in_its_ascii_form() -> None:
    assert read("https://xn--80a1acny.xn--j1amh/").is_trustworthy


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]", "[0:0:0:0:0:0:0:1]"])
def test_plain_http_is_trusted_on_this_computer(host: str) -> None:
    address = read(f"http://{host}:9000/xpay")
    assert address.is_loopback
    assert address.is_trustworthy


@pytest.mark.parametrize(
    "host",
    [
        "localhost.", "127.0.0.1.", "127.1", "2130706433", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "192.168.0.2",
        "localhost.example.com", "127.0.0.1.example.com", "example.com",
    ],
)  # fmt: skip
def test_plain_http_is_trusted_nowhere_else(host: str) -> None:
    address = read(f"http://{host}:9000/xpay")
    assert not address.is_loopback
    assert not address.is_trustworthy


@pytest.mark.parametrize("host", ["localhost.", "127.0.0.1.", "[::ffff:127.0.0.1]", "[::]"])
def test_an_odd_spelling_of_this_computer_is_still_one_that_nobody_can_call(host: str) -> None:
    assert host_kind(f"https://{host}/") == "loopback"


def test_ip_literals() -> None:
    assert read_ip("::ffff:10.0.0.1") == ip_address("10.0.0.1")
    assert read_ip("::1") == ip_address("::1")
    assert [read_ip(text) for text in ("", "localhost", "[::1]", "127.1", "10.0.0.1:80")] == [None] * 5
