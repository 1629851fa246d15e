"""Everything a checkout needs, put inside it: packages, front-end files, compiled words. A second run looks at stamps.

`python3 -m tools.setup` for running, `--with-tests` for testing as well. Standard library only.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.steps import PROGRAMS, PYTHON, ROOT, VENV, Failed, Steps, must, quiet, run, say

REQUIREMENTS = ROOT / "requirements"
STAMP = VENV / "installed.json"
VENDOR = ROOT / "app" / "ui" / "static" / "vendor"
FRONT_END = {"htmx.min.js": ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"}
CATALOGUES = ROOT / "app" / "translations"
STEPS = 4

# pip's settings, and the variable by which uv hears the same.
PIP_FOR_UV = {"index-url": "UV_DEFAULT_INDEX", "trusted-host": "UV_INSECURE_HOST", "cert": "SSL_CERT_FILE"}


def set_up(steps: Steps, *, tests: bool) -> None:
    """Make the checkout ready in `STEPS` steps. Raises `Failed`."""
    with steps.step("Python environment"):
        tests = _make_environment() or tests
    with steps.step("Locked packages" + (", with those of the tests" if tests else "")):
        _install(tests)
    with steps.step("Front-end files"):
        _fetch_front_end()
    with steps.step("Words of each language"):
        _compile_catalogues()


def _make_environment() -> bool:
    """Create `.venv` unless a working one is there; whether that one holds the test packages already."""
    if sys.version_info < (3, 11):  # noqa: UP036  whatever `python3` is, it gets this far
        version = sys.version.split()[0]
        raise Failed(f"Python 3.11 or newer is needed, and this is {version}; name one: make PYTHON=python3.12 …")
    stamp = _read_stamp()
    if Path(PYTHON).exists() and stamp.get("place", str(VENV)) == str(VENV):
        works = "import sys; sys.exit(sys.version_info < (3, 11))"
        if subprocess.run([PYTHON, "-c", works], check=False, capture_output=True).returncode == 0:
            return bool(stamp.get("tests"))
    if VENV.exists():
        say("The environment there was made elsewhere or no longer runs; it is made anew.")
        shutil.rmtree(VENV)
    create = [sys.executable, "-m", "venv", str(VENV)]
    code, output = quiet(create)
    if code and "ensurepip" in output:
        # Debian and Ubuntu ship Python without the part that makes environments.
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if os.geteuid() or not shutil.which("apt-get"):
            raise Failed(f"this Python cannot make environments. On Debian or Ubuntu: sudo apt-get install {package}")
        say(f"Installing {package}, which this system's Python lacks.")
        must(["apt-get", "update", "-q"])
        must(["apt-get", "install", "-qy", "--no-install-recommends", package], {"DEBIAN_FRONTEND": "noninteractive"})
        shutil.rmtree(VENV, ignore_errors=True)
        code, output = quiet(create)
    if code:
        raise Failed(f"the environment cannot be made: {output.strip()}")
    return bool(stamp.get("tests"))


def _locks(tests: bool) -> list[Path]:
    return [REQUIREMENTS / f"{name}.txt" for name in ("tools", "core", *(["test"] if tests else []))]


def _install(tests: bool) -> None:
    locks = _locks(tests)
    wanted = {"place": str(VENV), "locks": _digest(locks), "tests": tests}
    if _read_stamp() == wanted:
        return
    STAMP.unlink(missing_ok=True)
    # pip obeys the machine's own settings (index, mirror, certificates); it brings uv, which is many times faster.
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--require-hashes"]
    must([*pip, "-r", str(locks[0])])
    uv = [str(PROGRAMS / "uv"), "pip", "sync", "-q", "--python", PYTHON, "--require-hashes", *map(str, locks)]
    code, output = quiet(uv, _settings_for_uv())
    if code:
        say(f"uv could not install them ({' '.join(output.split())[:300]}); pip is asked instead.")
        must([*pip, *(part for lock in locks for part in ("-r", str(lock)))])
    STAMP.write_text(json.dumps(wanted))


def _settings_for_uv() -> dict[str, str]:
    """uv does not read pip's settings: hand it the index, the trust and the certificates, unless it has its own."""
    homes = [Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"), Path("/etc")]
    own = any(name.startswith("UV_") and ("INDEX" in name or "CONFIG" in name) for name in os.environ)
    if own or any((home / "uv" / "uv.toml").exists() for home in homes):
        return {}
    _, listed = quiet([PYTHON, "-m", "pip", "config", "list"])
    found = dict(re.findall(r"^\S*?\.([a-z-]+)='(.*)'$", listed, re.MULTILINE))
    names = {PIP_FOR_UV[key]: " ".join(value.split()) for key, value in found.items() if key in PIP_FOR_UV}
    return {name: value for name, value in names.items() if value and name not in os.environ}


def _fetch_front_end() -> None:
    stamp = VENDOR / ".stamp"
    wanted = _digest([ROOT / "deno.json", ROOT / "deno.lock", REQUIREMENTS / "core.txt"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    # deno checks each file against the lock's hashes; it reads the user's .npmrc and NPM_CONFIG_REGISTRY.
    trust = os.environ.get("DENO_TLS_CA_STORE", "mozilla,system")
    must([str(PROGRAMS / "deno"), "install", "--frozen"], {"DENO_TLS_CA_STORE": trust, "DENO_NO_UPDATE_CHECK": "1"})
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name, source in FRONT_END.items():
        shutil.copyfile(source, VENDOR / name)
    # The charts of the pages and those of print come from one wheel, so that they cannot differ.
    bundle = "import sys, vl_convert; sys.stdout.write(vl_convert.javascript_bundle())"
    (VENDOR / "vega.js").write_text(must([PYTHON, "-c", bundle], {"PYTHONUTF8": "1"}), encoding="utf-8")
    stamp.write_text(wanted)


def _compile_catalogues() -> None:
    for words in sorted(CATALOGUES.glob("*/LC_MESSAGES/messages.po")):
        compiled = words.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < words.stat().st_mtime:
            command = [PYTHON, "-m", "babel.messages.frontend", "-q", "compile", "-i", str(words), "-o", str(compiled)]
            must([*command, "-l", words.parent.parent.name])


def _read_stamp() -> dict[str, object]:
    try:
        return dict(json.loads(STAMP.read_text()))
    except FileNotFoundError:
        return {}


def _digest(files: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def main() -> int:
    """Set up and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--with-tests", action="store_true", help="also what `make test` and `make check` need")
    steps = Steps(STEPS)
    set_up(steps, tests=parser.parse_args().with_tests)
    say(f"Ready after {steps.seconds:.1f} s.")
    return 0


if __name__ == "__main__":
    run(main)
