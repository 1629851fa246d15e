"""What a journey needs: a served world of its own, a real browser in one language, accessibility checks, pictures.

A journey walks a small seeded world through gunicorn and a job worker, as `make demo` serves the large one.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tools import browser as chromium
from tools.steps import ROOT

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
PICTURES = ROOT / "build" / "screenshots"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
START_LIMIT = 60  # seconds


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated and seeded small world; journeys walk on copies of it."""
    folder = tmp_path_factory.mktemp("planted")
    for command in (["db", "upgrade"], ["reference", "load"], ["seed", "--size", "small"]):
        done = subprocess.run(
            [*FLASK, *command], cwd=ROOT, env=_environment(folder), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"flask {' '.join(command)}: {done.stdout}{done.stderr}"
    return folder


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATA_DIR", "VIRTUAL_ENV")}
    url = f"sqlite:///{folder / 'yangfan.db'}"
    return {
        **kept,
        "DATABASE_URL": url,
        "SECRET_KEY": "only for tests",
        "ARGON2_PROFILE": "cheap",
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture
def site(planted: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server, with its job worker, on a fresh copy of the planted world."""
    folder = tmp_path / "world"
    shutil.copytree(planted, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    serve += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning"]
    log = tmp_path / "server.log"
    with log.open("w") as output:
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=_environment(folder), stdout=output, stderr=output)
            for command in (serve, [*FLASK, "jobs", "work"])
        ]
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}/readyz", processes, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait(30)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait_until_ready(url: str, processes: list[subprocess.Popen], log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_LIMIT
    while True:
        assert all(process.poll() is None for process in processes), log.read_text()
        try:
            with direct.open(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            if time.monotonic() > deadline:
                raise AssertionError(f"{url} does not answer: {log.read_text()}") from error
        time.sleep(0.1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium; there being none is a failure."""
    path = chromium.find()
    assert path, "no Chromium found: `make test` brings one, or name it in CHROMIUM"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.flags())
        yield running
        running.close()


@pytest.fixture(params=sorted(LOCALES, reverse=True))
def language(request: pytest.FixtureRequest) -> str:
    """Every journey is walked in each language."""
    return str(request.param)


@pytest.fixture
def new_page(browser: Browser, site: str, language: str) -> Iterator[Callable[[], Page]]:
    """Call it for the page of one more person, with cookies of their own. A complaint of the browser is a failure."""
    complaints: list[str] = []
    contexts = []

    def new_page() -> Page:
        context = browser.new_context(
            base_url=site,
            locale=LOCALES[language],
            viewport=WIDE,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            extra_http_headers={"Accept-Language": LOCALES[language]},
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: _is_complaint(said) and complaints.append(f"{page.url}: {said.text}"))
        page.on("response", lambda answer: answer.status >= 500 and complaints.append(f"{answer.url}: {answer.status}"))
        page.on("request", lambda asked: _is_foreign(asked.url, site) and complaints.append(f"asked for {asked.url}"))
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(said: ConsoleMessage) -> bool:
    # That the network is gone is what a journey without a network is about.
    return said.type == "error" and "ERR_INTERNET_DISCONNECTED" not in said.text


def _is_foreign(url: str, site: str) -> bool:
    return not url.startswith((f"{site}/", "data:", "blob:"))


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """The page of the person whose journey it is."""
    return new_page()


@pytest.fixture
def enter(site: str) -> Callable[[Page, str, str], None]:
    """`enter(page, email, password)` signs a person in through the sign-in page."""

    def enter(page: Page, email: str, password: str) -> None:
        page.goto("/sign-in/")
        page.locator("main input[type=email]").fill(email)
        page.locator("main input[type=password]").fill(password)
        page.locator("main form:has(input[type=password]) button[type=submit]").click()
        expect(page).not_to_have_url(re.compile("/sign-in/"))

    return enter


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails when the page as it stands has anything that axe-core finds."""
    engine = Axe()

    def check(page: Page) -> None:
        found = engine.run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture
def shoot(language: str, axe: Callable[[Page], None]) -> Callable[..., None]:
    """`shoot(page, name)` looks at a page at both widths: axe, nothing wider than the window, a picture of each.

    Pictures go to build/screenshots/<name>-<language>-<width>.png. `dark=True` looks at the dark colours as well.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)

    def shoot(page: Page, name: str, *, dark: bool = False) -> None:
        for scheme in ("light", "dark") if dark else ("light",):
            page.emulate_media(color_scheme=scheme)
            for size in (NARROW, WIDE):
                page.set_viewport_size(size)
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= size["width"], f"{page.url} is {wide} px wide in a window of {size['width']}"
                axe(page)
                shade = "" if scheme == "light" else "-dark"
                page.screenshot(path=PICTURES / f"{name}-{language}{shade}-{size['width']}.png", full_page=True)
        page.emulate_media(color_scheme="light")

    return shoot
