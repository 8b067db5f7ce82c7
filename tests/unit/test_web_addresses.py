"""Web addresses: which host they name, whether it is this computer, and whether live payments may go there."""

from __future__ import annotations

from ipaddress import ip_address

import httpx
import pytest

from app.domain.web_addresses import (
    WebAddress,
    base_url,
    host_kind,
    is_same_address,
    read_host,
    read_ip,
    read_web_address,
    scheme_of,
)


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


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("HTTPS://PAPI.XpayDirect.COM/xpay", "https://papi.xpaydirect.com/xpay"),
        ("https://papi.xpaydirect.com:443/xpay", "https://papi.xpaydirect.com/xpay"),
        ("https://papi.xpaydirect.com:00443/xpay", "https://papi.xpaydirect.com/xpay"),
        ("Http://LocalHost:80/xpay", "http://localhost/xpay"),
        ("http://pay.example.com:443/", "http://pay.example.com:443/"),
        ("http://[0:0:0:0:0:0:0:1]:9000/xpay", "http://[::1]:9000/xpay"),
        ("https://Пошта.УКР/дякую?ім’я=ї#є", "https://xn--80a1acn3a.xn--j1amh/%D0%B4%D1%8F%D0%BA%D1%83%D1%8E"
         "?%D1%96%D0%BC%E2%80%99%D1%8F=%D1%97#%D1%94"),
        ("https://shop.example/100%/a|b\"c?x[]={1}&y=%d0", "https://shop.example/100%25/a%7Cb%22c?x[]=%7B1%7D&y=%d0"),
        ("https://shop.example", "https://shop.example"),
    ],
)  # fmt: skip
def test_the_form_that_the_wire_needs(text: str, wire: str) -> None:
    address = read(text)
    assert address.is_sendable
    assert address.wire_text == wire
    assert wire.isascii()
    again = read(wire)
    assert (again.wire_text, again.is_unambiguous) == (wire, True)
    assert is_same_address(text, wire)
    httpx.Request("GET", wire)
    assert httpx.URL(wire).host


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com./", "https://example.com:/", "https://a..example/", "https://.example/", "https://-a.example/",
        "https://a-.example/", "https://" + "a" * 64 + ".example/", "https://" + "a." * 127 + "example/", "https://a|b/",
        'https://a".example/', "https://a,b/", "https://!/", "https://*.example/", "https://xn--a.example/",
        "https://xn--.example/", "https://[v1.x]/", "https://[::1%25lo]/", "https://[::ffff:1.2.3.4]/", "https://1.2.3/",
        "https://256.1.1.1/", "https://0x7f.1/", "https://0177.0.0.1/", "https://2130706433/", "https://1.2.3.4.5/",
        "https://a.1/", "https://１２７.0.0.1/", "https://пошта。укр/", "https://straße.example/", "https://a.example\\b/",
        "https://a.example/b\\c", "https://a.example/x/../y", "https://a.example/./y", "https://a.example/%2E%2e/y",
        "https://a@b.example/", "https://a%2eb.example/", "https://a.example/" + "a" * 2048,
    ],
)  # fmt: skip
def test_what_another_reader_would_refuse_or_read_otherwise_is_not_sendable(text: str) -> None:
    address = read_web_address(text)
    assert address is None or not (address.is_sendable or address.is_unambiguous or address.is_trustworthy)


@pytest.mark.parametrize("sign", list("\x00\x01\x7f\x85\u200b\u202e\ufeff\u00ad\udcff\u2028"))
def test_no_address_holds_what_cannot_be_seen(sign: str) -> None:
    for text in (f"{sign}https://a.example/", f"https://a{sign}.example/", f"https://a.example/{sign}"):
        assert read_web_address(text) is None


def test_addresses_are_compared_by_what_they_mean() -> None:
    assert is_same_address("HTTPS://A.example:443", "https://a.example/")
    assert is_same_address("", "")
    for other in ("http://a.example/", "https://a.example:444/", "https://a.example/x", "https://b.example/", ""):
        assert not is_same_address("https://a.example/", other)
    assert (scheme_of("HTTP://127.0.0.1"), scheme_of("HTTPS://x"), scheme_of("ftp://x"), scheme_of("")) == (
        "http", "https", "", "",
    )  # fmt: skip
    assert read("http://[::1]/").place == ("http", "::1", 80)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("LOCALHOST", "localhost"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("0:0::0", "::"),
        ("::ffff:127.0.0.1", "127.0.0.1"), ("desk-1.shop.lan", "desk-1.shop.lan"), ("0.0.0.0", "0.0.0.0"),
        *((odd, None) for odd in ("", ".", "a..b", "localhost.", "127.1", "0x7f.1", "0", "1:2", ":::", "999.1.1.1", "-",
                                  "a b", "a|b", "fe80::1%eth0", "[::1", "a" * 64, "пошта", "x:80", "[localhost]")),
    ],
)  # fmt: skip
def test_a_host_alone(text: str, host: str | None) -> None:
    assert read_host(text) == host


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0", "shop.localhost", "LocalHost"])
def test_every_spelling_of_this_computer_is_one_that_nobody_can_call(host: str) -> None:
    assert host_kind(f"https://{host}/") == "loopback"


@pytest.mark.parametrize(
    ("host", "kind"),
    [("10.1", "private"), ("0xa.1", "private"), ("08.1", "name"), ("1.2.3.4.5", "name"), ("169.254.1", "link_local")],
)
def test_odd_numbers_are_read_as_resolvers_read_them(host: str, kind: str) -> None:
    assert host_kind(f"https://{host}/") == kind
