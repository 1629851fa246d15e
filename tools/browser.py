"""A real Chromium for the journeys: found, or installed, or a clear refusal."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.steps import PYTHON, Failed, must, quiet, say

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge-stable")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# Nothing a journey looks at may depend on a call home.
FLAGS = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
)


def flags() -> list[str]:
    """Command-line flags for the tests; Chromium has no sandbox for root."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def find() -> str | None:
    """Path of a Chromium that answers `--version`: the one named by CHROMIUM, the system's, or playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not _answers(named):
            raise Failed(f"CHROMIUM names {named}, which does not run")
        return named
    return next((path for path in _candidates() if path and _answers(path)), None)


def provide() -> str:
    """Path of a working Chromium, installed if need be: by apt-get as root, else by playwright. Raises `Failed`."""
    found = find()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("No Chromium here: installing it, with a Chinese font, from the system's packages.")
        quiet(["apt-get", "update", "-q"])
        install = ["apt-get", "install", "-qy", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
        code, output = quiet(install, {"DEBIAN_FRONTEND": "noninteractive"})
        if code:
            say(output[-2000:])
        found = find()
    if not found:
        say("No Chromium here: asking playwright to install its own.")
        must([PYTHON, "-m", "playwright", "install", "chromium"])
        found = find()
    if not found:
        raise Failed("no Chromium to be had; install one, or name it: CHROMIUM=/path/to/chromium make test")
    return found


def _candidates() -> Iterator[str | None]:
    yield from (shutil.which(name) for name in NAMES)
    yield from APPLICATIONS
    yield _playwrights()


def _answers(path: str) -> bool:
    if not Path(path).exists():
        return False
    try:
        # Ubuntu's `chromium-browser` may be a stub that only says where to get the browser.
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights() -> str | None:
    ask = "import playwright.sync_api as s\nwith s.sync_playwright() as p: print(p.chromium.executable_path)"
    answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None
