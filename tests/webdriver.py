"""A headless Chromium through chromedriver, over plain WebDriver HTTP: only what the journeys need."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One session. Elements are found by CSS selector, within ten seconds."""

    def __init__(self, client: httpx.Client, session: str) -> None:
        self._client = client
        self._session = session

    def open(self, url: str) -> None:
        self._call("POST", "/url", {"url": url})

    def click(self, selector: str) -> None:
        self._call("POST", f"/element/{self._find(selector)}/click", {})

    def fill(self, selector: str, text: str) -> None:
        element = self._find(selector)
        self._call("POST", f"/element/{element}/clear", {})
        self._call("POST", f"/element/{element}/value", {"text": text})

    def attribute(self, selector: str, name: str) -> str | None:
        value = self._call("GET", f"/element/{self._find(selector)}/attribute/{name}")
        return None if value is None else str(value)

    def text(self, selector: str) -> str:
        return str(self._call("GET", f"/element/{self._find(selector)}/text"))

    def _find(self, selector: str) -> str:
        found = self._call("POST", "/element", {"using": "css selector", "value": selector})
        return str(found[ELEMENT])

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        response = self._client.request(method, f"/session/{self._session}{path}", json=body)
        value = response.json()["value"]
        assert response.status_code == 200, value
        return value


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """Start chromedriver on a free port and one browser with an empty profile."""
    driver, browser = shutil.which("chromedriver"), shutil.which("chromium")
    assert driver, "chromedriver is missing: apt-get install chromium-driver"
    assert browser, "chromium is missing: apt-get install chromium"
    process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        port = next(
            found.group(1) for line in process.stdout if (found := re.search(r"successfully on port (\d+)", line))
        )
        options = {"binary": browser, "args": [*FLAGS, f"--user-data-dir={profile}"]}
        capabilities = {"alwaysMatch": {"goog:chromeOptions": options, "timeouts": {"implicit": 10_000}}}
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60.0) as client:
            answer = client.post("/session", json={"capabilities": capabilities}).json()["value"]
            assert "sessionId" in answer, f"the browser does not start: {answer}"
            session = answer["sessionId"]
            try:
                yield Browser(client, session)
            finally:
                client.delete(f"/session/{session}")
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()
