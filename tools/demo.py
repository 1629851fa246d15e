"""`make demo`: set up, migrate, load reference data, plant the demo world once, then serve until Ctrl-C."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from tools import setup
from tools.steps import PYTHON, ROOT, Failed, Steps, must, must_show, run, say

FLASK = [PYTHON, "-m", "flask", "--app", "wsgi"]
PREPARATIONS = 3  # the steps of tools/prepare.py
START_LIMIT = 60  # seconds until the first page must answer
STOP_LIMIT = 15  # seconds that a process gets to finish what it does


def main() -> int:
    """Prepare, serve, and stop both processes together."""
    _read_dot_env()
    host = os.environ.get("HOST") or "127.0.0.1"
    port = _free_port(host)
    steps = Steps(setup.STEPS + PREPARATIONS + 1)
    setup.set_up(steps, tests=False)
    must_show([PYTHON, "-m", "tools.prepare", str(steps.done + 1), str(steps.total)])
    steps.done += PREPARATIONS
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    serve = [PYTHON, "-m", "gunicorn", "wsgi:app", "--bind", f"{host}:{port}", "--no-control-socket"]
    serve += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        with steps.step("Web and job worker"):
            processes["web"] = _start(serve)
            processes["job worker"] = _start([*FLASK, "jobs", "work"])
            announcement = must([*FLASK, "demo", "announce", "--address", address])
            _wait_until_ready(f"{address}/readyz", processes)
        say(f"\n{announcement.strip()}")
        say(f"\nReady after {steps.seconds:.0f} s. Ctrl-C stops; the data stays.")
        while True:
            _all_alive(processes)
            time.sleep(0.5)
    except KeyboardInterrupt:
        say("\nStopping …")
    finally:
        _stop(processes)
    return 0


def _read_dot_env() -> None:
    """Settings from `.env`, as `NAME=value` lines; the real environment wins."""
    file = ROOT / ".env"
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def _free_port(host: str) -> int:
    given = os.environ.get("PORT") or "5000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Failed(f"PORT is {given!r}, which is no port")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(given)))
        except OSError as error:
            other = f"make demo PORT={int(given) % 65535 + 1}"
            raise Failed(f"port {given} of {host} is not free ({error.strerror}); choose another: {other}") from error
    return int(given)


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches us alone, and we stop the two in order.
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def _all_alive(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        code = process.poll()
        if code is not None:
            raise Failed(f"the {name} ended by itself, with exit code {code}")


def _wait_until_ready(url: str, processes: dict[str, subprocess.Popen[bytes]]) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        _all_alive(processes)
        try:
            with direct.open(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            reason = error
        time.sleep(0.2)
    raise Failed(f"{url} did not answer within {START_LIMIT} s ({reason})")


def _stop(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave one of them running
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_LIMIT
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    run(main)
