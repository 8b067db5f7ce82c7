"""The settings file on a real disk: defaults, checks, hand-edited files, comments, rights."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.errors import SecretsUnreadable, SettingBad, SettingUnknown, StorageReadOnly
from app.settings import checks
from app.settings.file import SettingsFile
from app.settings.home.locks import FileLock
from app.settings.home.paths import HomePaths, home_dir
from app.settings.schema import SPECS, Settings, build, value_of


class FakeSecrets:
    stored_in = "file"

    def __init__(self, *, readable: bool = True) -> None:
        self.kept: dict[str, str] = {}
        self._readable = readable

    def get(self, name: str) -> str | None:
        if not self._readable:
            raise SecretsUnreadable()
        return self.kept.get(name)

    def put(self, name: str, value: str) -> None:
        self.kept[name] = value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_an_empty_home_has_defaults(path: Path) -> None:
    file = SettingsFile(path)
    settings = file.load()
    assert settings == Settings()
    assert file.problems == ()
    assert settings.operator.url == "https://stage-papi.xpaydirect.com/xpay"
    assert (settings.callbacks.port, settings.till.ttl_minutes, settings.till.max_amount_minor) == (8733, 15, 10000000)
    assert not path.exists()


def test_every_default_passes_its_own_check() -> None:
    for key, spec in SPECS.items():
        value = value_of(Settings(), key)
        assert spec.check(value) is not None, key


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("operator.url", "http://127.0.0.1:9000/xpay", "http://127.0.0.1:9000/xpay"),
        ("operator.url", "http://[::1]:9000/xpay", "http://[::1]:9000/xpay"),
        ("operator.timeout_s", "2.5", 2.5),
        ("operator.answer_auth", "off", False),
        ("operator.ttl_value", "900", "900"),
        ("operator.status_query_proves_payment", "true", True),
        ("callbacks.port", "9001", 9001),
        ("callbacks.public_url", "http://localhost:9001/base/", "http://localhost:9001/base"),
        ("callbacks.public_url", "https://pay.example.com/", "https://pay.example.com"),
        ("callbacks.allowed_addresses", "10.0.0.0/8, 192.0.2.7", ["10.0.0.0/8", "192.0.2.7"]),
        ("callbacks.allowed_addresses", "", []),
        ("callbacks.trusted_proxies", '["::1"]', ["::1"]),
        ("callbacks.trusted_proxies", "['::1',]", ["::1"]),
        ("shop.name", 'Кав\'ярня "Ранок"', 'Кав\'ярня "Ранок"'),
        ("shop.day_starts_at", "06:30", "06:30"),
        ("till.ttl_minutes", "43200", 43200),
        ("till.presets", "100,200", [100, 200]),
        ("till.presets", "[100, 200]", [100, 200]),
        ("ui.language", "uk", "uk"),
    ],
)
def test_what_is_set_is_read_back(path: Path, key: str, text: str, value: object) -> None:
    SettingsFile(path).set(key, text)
    file = SettingsFile(path)
    assert file.value(key, file.load(), FakeSecrets()) == value
    assert file.problems == ()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("operator.url", "http://example.com/xpay"),
        ("operator.url", "ftp://example.com"),
        ("operator.url", "https://user:pass@example.com/"),
        ("operator.url", "https://example.com:99999/"),
        ("operator.url", "https://example.com:/"),
        ("operator.url", "https://example.com./"),
        ("operator.url", "https://пошта.укр/"),
        ("operator.url", "http://localhost./xpay"),
        ("operator.url", "http://[::ffff:127.0.0.1]/xpay"),
        ("operator.environment", "staging"),
        ("operator.timeout_s", "0"),
        ("operator.timeout_s", "nan"),
        ("callbacks.port", "0"),
        ("callbacks.port", "65536"),
        ("callbacks.port", "８７３３"),
        ("callbacks.public_url", "https://example.com/?a=1"),
        ("callbacks.public_url", "https://example.com/#x"),
        ("callbacks.signature", "none"),
        ("callbacks.allowed_addresses", "10.0.0.0/33"),
        ("callbacks.trusted_proxies", "[1"),
        ("callbacks.host", ""),
        ("shop.terminal_id", " "),
        ("shop.payer_locale", "de"),
        ("shop.timezone", "Europe/Nowhere"),
        ("shop.timezone", "../etc/passwd"),
        ("shop.day_starts_at", "24:00"),
        ("shop.name", "a\nb"),
        ("shop.name", "a\udcff"),
        ("operator.public_key_file", "~nobody-here/a\udcff"),
        ("operator.public_key_file", ","),
        ("operator.public_key_file", '["a.pem", ""]'),
        ("operator.public_key_file", "[1.5]"),
        ("operator.public_key_file", '[["a.pem"]]'),
        ("operator.public_key_file", '["a.pem"'),
        ("operator.public_key_file", ",".join(f"/{number}.pem" for number in range(11))),
        ("till.ttl_minutes", "43201"),
        ("till.ttl_minutes", "1.5"),
        ("till.max_amount_minor", "-1"),
        ("till.presets", "100,x"),
        ("till.presets", "[true]"),
        ("till.sound", "maybe"),
        ("ui.scale", "1000"),
    ],
)
def test_bad_values_are_refused_and_nothing_is_written(path: Path, key: str, text: str) -> None:
    with pytest.raises(SettingBad) as caught:
        SettingsFile(path).set(key, text)
    assert caught.value.details["key"] == key
    assert caught.value.details["reason"]
    assert not path.exists()


@pytest.mark.parametrize("key", ["till.nothing", "till", "", "a.b.c"])
def test_unknown_keys_are_refused(path: Path, key: str) -> None:
    file = SettingsFile(path)
    with pytest.raises(SettingUnknown):
        file.set(key, "1")
    with pytest.raises(SettingUnknown):
        file.value(key, Settings(), FakeSecrets())


def test_the_environment_prefills_and_an_own_url_wins(path: Path) -> None:
    file = SettingsFile(path)
    file.set("operator.environment", "production")
    assert file.load().operator.url == "https://papi.xpaydirect.com/xpay"
    file.set("operator.url", "https://example.com/xpay")
    assert file.load().operator.url == "https://example.com/xpay"
    file.set("operator.url", "")
    file.set("operator.environment", "custom")
    assert file.load().operator.url == ""


def test_inquiry_proves_in_demo_only_unless_set(path: Path) -> None:
    file = SettingsFile(path)
    assert not file.load().operator.inquiry_proves
    file.set("operator.url", "http://127.0.0.1:9000/xpay")
    assert file.load().operator.is_demo
    assert file.load().operator.inquiry_proves
    file.set("operator.status_query_proves_payment", "false")
    assert not file.load().operator.inquiry_proves
    file.set("operator.status_query_proves_payment", "unset")
    assert file.load().operator.inquiry_proves


def test_files_are_kept_as_absolute_paths(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    SettingsFile(path).set("operator.public_key_file", "keys/operator.pem")
    assert SettingsFile(path).load().operator.public_key_file == str(path.parent / "keys" / "operator.pem")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("", ""),
        ("[]", ""),
        ("/a.pem", "/a.pem"),
        ("/a.pem,/b.pem", ["/a.pem", "/b.pem"]),
        (" /a.pem , /b.pem, ", ["/a.pem", "/b.pem"]),
        ('["/a.pem", "/b.pem"]', ["/a.pem", "/b.pem"]),
        ("['/a.pem', '/b.pem']", ["/a.pem", "/b.pem"]),
        ('["/a.pem"]', "/a.pem"),
        ("/a.pem,/a.pem", "/a.pem"),
        ('["/a,b.pem", "/c.pem"]', ["/a,b.pem", "/c.pem"]),
        ("a.pem,sub/b.pem", ["FOLDER/a.pem", "FOLDER/sub/b.pem"]),
    ],
)
def test_one_key_file_or_several(
    path: Path, monkeypatch: pytest.MonkeyPatch, text: str, stored: str | list[str]
) -> None:
    monkeypatch.chdir(path.parent)
    file = SettingsFile(path)
    file.set("operator.public_key_file", text)
    folder = str(path.parent)
    expected = [one.replace("FOLDER", folder) for one in stored] if isinstance(stored, list) else stored
    settings = file.load()
    assert file.value("operator.public_key_file", settings, FakeSecrets()) == expected
    assert settings.operator.public_key_files == tuple(
        [expected] if expected and isinstance(expected, str) else expected
    )


def test_a_comma_in_the_name_of_a_file_parts_nothing(path: Path) -> None:
    named = path.parent / "key, of XPAY.pem"
    named.write_text("")
    SettingsFile(path).set("operator.public_key_file", str(named))
    assert SettingsFile(path).load().operator.public_key_file == str(named)


@pytest.mark.parametrize(
    ("line", "files"),
    [
        ('"/a.pem"', ("/a.pem",)),
        ('["/a.pem", "/b.pem"]', ("/a.pem", "/b.pem")),
        ('["/a.pem"]', ("/a.pem",)),
        ("[]", ()),
        ('""', ()),
        ('" "', ()),
    ],
)
def test_key_files_in_the_file_itself(path: Path, line: str, files: tuple[str, ...]) -> None:
    path.write_text(f"[operator]\npublic_key_file = {line}\n", "utf-8")
    file = SettingsFile(path)
    assert file.load().operator.public_key_files == files
    assert file.problems == ()


@pytest.mark.parametrize("line", ["[1.5]", '[""]', "[[]]", "true", '["/a.pem", "b\\u0007"]', "[" + '"/a", ' * 11 + "]"])
def test_key_files_that_are_none_are_reported_with_their_line(path: Path, line: str) -> None:
    path.write_text(f"[operator]\npublic_key_file = {line}\n", "utf-8")
    file = SettingsFile(path)
    file.load()
    assert [(problem.key, problem.line) for problem in file.problems] == [("operator.public_key_file", 2)]


def test_comments_and_order_stay(path: Path) -> None:
    path.write_text("# my shop\n[till]\nttl_minutes = 20 # long\n\n[shop]\nname = 'A'\n", "utf-8")
    SettingsFile(path).set("till.ttl_minutes", "30")
    assert path.read_text("utf-8") == "# my shop\n[till]\nttl_minutes = 30 # long\n\n[shop]\nname = 'A'\n"


def test_dotted_keys_are_edited_too(path: Path) -> None:
    path.write_text("till.ttl_minutes = 20\n", "utf-8")
    file = SettingsFile(path)
    file.set("till.ttl_minutes", "30")
    file.set("till.sound", "no")
    file.set("ui.scale", "125")
    settings = file.load()
    assert (settings.till.ttl_minutes, settings.till.sound, settings.ui.scale) == (30, False, 125)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("[shop]\nname = 'A'\n\n[callbacks]\nport = 'many'\n", "callbacks.port", 5),
        ("[shop]\nnam = 'A'\n", "shop.nam", 2),
        ("shop.payer_locale = 'de'\n", "shop.payer_locale", 1),
        ("\nshop = { payer_locale = 'de' }\n", "shop.payer_locale", 2),
        ("[operator]\ntoken = 'secret'\n", "operator.token", 2),
        ("[shop]\nname = \n", "settings.toml", 2),
        ("[shop]\nname = 'A", "settings.toml", 2),
        ("shop = 5\n", "shop", 1),
        ("ui = 5\n", "ui", 1),
        ("[[ui]]\nscale = 5\n", "ui", 1),
        ("[shop.name]\n", "shop.name", 1),
    ],
)
def test_a_broken_file_is_reported_by_name_and_line_and_left_alone(
    path: Path, text: str, key: str, line: int | None
) -> None:
    file = SettingsFile(path)
    file.set("shop.name", "Good")
    path.write_text(text, "utf-8")
    settings = file.load()
    assert settings.shop.name == "Good"
    assert [(problem.key, problem.line) for problem in file.problems] == [(key, line)]
    with pytest.raises(SettingBad) as caught:
        file.set("ui.scale", "110")
    assert (caught.value.details["key"], caught.value.details["line"]) == (key, line)
    assert path.read_text("utf-8") == text


def test_a_broken_file_without_a_good_copy_gives_what_is_usable(path: Path) -> None:
    path.write_bytes(b"[shop]\nname = 'A'\nday_starts_at = 7\n")
    assert SettingsFile(path).load().shop.name == "A"
    path.write_bytes(b"[shop]\nname = '\xff'\n")
    file = SettingsFile(path)
    assert file.load() == Settings()
    assert (file.problems[0].line, file.problems[0].reason) == (2, "not_utf8")


def test_setting_the_bad_value_repairs_the_file(path: Path) -> None:
    path.write_text("[callbacks]\nport = 'many' # hm\n", "utf-8")
    file = SettingsFile(path)
    file.set("callbacks.port", "9001")
    assert file.load().callbacks.port == 9001
    assert file.problems == ()
    assert "# hm" in path.read_text("utf-8")


def test_the_token_goes_to_the_secrets(path: Path) -> None:
    file, secrets = SettingsFile(path), FakeSecrets()
    assert file.as_dict(file.load(), secrets)["operator.token"] == ""
    file.set("operator.token", " t0ken ", secrets=secrets)
    assert secrets.kept == {"operator_token": "t0ken"}
    assert not path.exists()
    shown = file.as_dict(file.load(), secrets)
    assert shown["operator.token"] == "***"
    assert shown.keys() == SPECS.keys() | {"operator.token"}
    assert file.value("operator.token", Settings(), FakeSecrets(readable=False)) == "***"
    for bad in ("  ", "a\udcff"):
        with pytest.raises(SettingBad):
            file.set("operator.token", bad, secrets=secrets)
    with pytest.raises(SettingUnknown):
        file.set("operator.token", "t0ken")


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_the_file_is_the_owners_only(path: Path) -> None:
    path.write_text("")
    path.chmod(0o644)
    SettingsFile(path).set("ui.scale", "110")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not [name for name in path.parent.iterdir() if name.name.startswith(".")]


def test_build_needs_nothing() -> None:
    assert build({}) == Settings()


def test_home_is_argument_then_environment_then_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYDESK_HOME", str(tmp_path / "env"))
    assert home_dir(str(tmp_path / "given")) == tmp_path / "given"
    assert home_dir(None) == tmp_path / "env"
    monkeypatch.delenv("PAYDESK_HOME")
    assert "paydesk" in home_dir(None).parts


def test_the_home_is_made_for_its_owner(tmp_path: Path) -> None:
    paths = HomePaths(tmp_path / "a" / "home")
    paths.ensure()
    paths.ensure()
    assert list(paths.home.iterdir()) == []
    if os.name != "nt":
        assert stat.S_IMODE(paths.home.stat().st_mode) == 0o700
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageReadOnly):
        HomePaths(tmp_path / "file" / "home").ensure()


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "x.lock"), FileLock(tmp_path / "x.lock")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    first.release()
    with second:
        assert second.held
        assert not first.acquire()
    assert not second.held
    with pytest.raises(StorageReadOnly):
        FileLock(tmp_path / "nowhere" / "x.lock").acquire()


@pytest.mark.parametrize(
    ("key", "typed"),
    [("shop.name", "Shop 4242 4242 4242 4242"), ("shop.terminal_id", "4242424242424242"),
     ("operator.ttl_value", "4242-4242-4242-4242"), ("callbacks.success_url", "https://shop.ua/ok?id=4242424242424242")],
)  # fmt: skip
def test_a_card_number_is_no_setting(path: Path, key: str, typed: str) -> None:
    with pytest.raises(SettingBad) as refusal:
        SettingsFile(path).set(key, typed)
    assert refusal.value.details["reason"] == "card_number"
    assert not path.exists()


@pytest.mark.parametrize(
    ("key", "typed"),
    [("callbacks.public_url", "http://192.168.100.200:12345"), ("till.presets", "5000, 10000, 20000, 50000"),
     ("callbacks.allowed_addresses", "192.168.100.200, 192.168.100.201"), ("shop.name", "Кава 24/7, вул. Кленова 12")],
)  # fmt: skip
def test_numbers_that_are_no_card_are_settings(path: Path, key: str, typed: str) -> None:
    file = SettingsFile(path)
    file.set(key, typed)
    assert file.problems == ()
    assert value_of(file.load(), key) != value_of(Settings(), key) or key == "till.presets"


def test_a_token_may_look_like_a_card_number() -> None:
    assert checks.required_text("4242424242424242") == "4242424242424242"


# A file with problems, and how it is mended


@pytest.mark.parametrize("with_good_copy", [True, False])
def test_several_bad_values_are_repaired_one_by_one(path: Path, with_good_copy: bool) -> None:
    file = SettingsFile(path)
    if with_good_copy:
        file.set("shop.timezone", "Europe/Warsaw")
    bad = "[shop]\nname = 'A' # hm\ntimezone = 'X/Y'\n[ui]\nscale = 'big'\n[till]\nttl_minutes = 0\n"
    path.write_text(bad, "utf-8")
    file.set("ui.scale", "125")
    assert file.load().ui.scale == 125
    assert [problem.key for problem in file.problems] == ["shop.timezone", "till.ttl_minutes"]
    assert file.load().shop.timezone == ("Europe/Warsaw" if with_good_copy else "Europe/Kyiv")
    with pytest.raises(SettingBad) as refused:
        file.set("shop.name", "B")
    assert refused.value.details["key"] == "shop.timezone"
    file.set("till.ttl_minutes", "20")
    file.set("shop.timezone", "Europe/Prague")
    settings = file.load()
    assert file.problems == ()
    assert (settings.shop.name, settings.shop.timezone, settings.till.ttl_minutes) == ("A", "Europe/Prague", 20)
    assert "# hm" in path.read_text("utf-8")
    assert path.with_name("settings.toml.good").read_bytes() == path.read_bytes()


def test_both_bad_values_of_the_operator_are_repaired_one_by_one(path: Path) -> None:
    path.write_text("[operator]\nurl = 'https://a./'\nenvironment = 'prod'\n", "utf-8")
    file = SettingsFile(path)
    assert file.load().operator.url == "", "nobody is asked"
    file.set("operator.environment", "production")
    file.set("operator.url", "")
    assert file.load().operator.url == "https://papi.xpaydirect.com/xpay"
    assert file.problems == ()


def test_a_loss_is_not_made_final_by_repairing_a_bad_value(path: Path) -> None:
    file = SettingsFile(path)
    file.set("operator.environment", "production")
    file.set("ui.scale", "110")
    path.write_text("[ui]\nscale = 110\ntheme = 'dark'\n[shop]\nname = 'A'\n", "utf-8")
    with pytest.raises(SettingBad) as refused:
        file.set("ui.scale", "125")
    assert refused.value.details["reason"] == "lost"
    assert file.load().operator.environment == "production"


def test_a_bad_address_of_the_operator_leads_to_no_other_one(path: Path) -> None:
    path.write_text("[operator]\nurl = 'https://papi.xpaydirect.com./xpay'\n", "utf-8")
    file = SettingsFile(path)
    assert file.load().operator.url == ""
    assert [problem.reason for problem in file.problems] == ["not_plain_url"]


def _make_loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, _make_loop])
def test_settings_that_are_no_file_are_told_and_the_good_copy_is_used(path: Path, make: Callable[[Path], None]) -> None:
    file = SettingsFile(path)
    file.set("shop.name", "Good")
    path.unlink()
    make(path)
    assert file.load().shop.name == "Good"
    assert [problem.reason for problem in file.problems] == ["unreadable_file"]
    with pytest.raises(SettingBad):
        file.set("shop.name", "B")


@pytest.mark.parametrize(
    "text",
    ["a = " + "9" * 5000, "a = " + "[" * 3000 + "]" * 3000, "a = " + "{a=" * 3000 + "1" + "}" * 3000],
)
def test_what_the_reader_cannot_take_in_is_told(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    file = SettingsFile(path)
    assert file.load() == Settings()
    assert [(problem.key, problem.reason) for problem in file.problems] == [("settings.toml", "too_large")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("'shop.name' = 'A'\n[shop]\nname = 'B'\n", '"shop.name"'),
        ("[shop]\nname = 'B'\n'a.b' = 1\n", 'shop."a.b"'),
        ("[shop]\nname = 'B'\n[shop.more.yet]\nx = 1\n", "shop.more"),
        ("shop.name = 'B'\n" + ".".join(["a"] * 2000) + " = 1\n", "a.a"),
    ],
)
def test_a_name_that_is_none_of_ours_sets_nothing(path: Path, text: str, key: str) -> None:
    path.write_text(text, "utf-8")
    file = SettingsFile(path)
    assert file.load().shop.name == "B"
    assert [(problem.key, problem.reason) for problem in file.problems] == [(key, "unknown")]


def test_a_relative_path_in_a_folder_that_is_gone_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = path.parent / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SettingBad):
        SettingsFile(path).set("data.backup_dir", "copies")
