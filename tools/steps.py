"""Numbered steps with seconds, for the Makefile. Standard library only: it runs before anything is installed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / "bin"
PYTHON = str(PROGRAMS / "python")


class Failed(Exception):
    """A step cannot be done; the message is for the person at the terminal."""


class Steps:
    """Counts steps and says how long each took."""

    def __init__(self, total: int, done: int = 0) -> None:
        self.total = total
        self.done = done
        self.began = time.monotonic()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step; commands inside it may print."""
        self.done += 1
        label = f"[{self.done}/{self.total}] {what}"
        say(f"{label} …")
        began = time.monotonic()
        try:
            yield
        except BaseException:
            say(f"{label}: stopped after {time.monotonic() - began:.1f} s")
            raise
        say(f"{label}: {time.monotonic() - began:.1f} s")

    @property
    def seconds(self) -> float:
        """Seconds since the first step could begin."""
        return time.monotonic() - self.began


def say(words: str) -> None:
    """Print at once, so that progress is seen through a pipe too."""
    print(words, flush=True)


def show(command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run `command` in the checkout with its output shown; its exit code."""
    return subprocess.run(list(command), cwd=ROOT, env=_environment(env), check=False).returncode


def must_show(command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    """Like `show`, but a non-zero exit code is the end. Raises `Failed`."""
    code = show(command, env)
    if code:
        raise Failed(f"exit code {code} from: {' '.join(command)}")


def quiet(command: Sequence[str], env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run `command` with its output kept, and a dot every five seconds; exit code and output."""
    with subprocess.Popen(
        list(command),
        cwd=ROOT,
        env=_environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        dots = False
        while True:
            try:
                output, _ = process.communicate(timeout=5)
                break
            except subprocess.TimeoutExpired:
                dots = True
                print(".", end="", flush=True)
            except BaseException:
                process.kill()
                raise
    if dots:
        print(flush=True)
    return process.returncode, output


def must(command: Sequence[str], env: Mapping[str, str] | None = None) -> str:
    """Like `quiet`, but a non-zero exit code is the end, with the output shown. Raises `Failed`."""
    code, output = quiet(command, env)
    if code:
        say(output.rstrip())
        raise Failed(f"exit code {code} from: {' '.join(command)}")
    return output


def _environment(changes: Mapping[str, str] | None) -> dict[str, str]:
    environment = {**os.environ, **(changes or {})}
    # Another virtual environment that happens to be active must not draw our packages to itself.
    environment.pop("VIRTUAL_ENV", None)
    environment.pop("PYTHONHOME", None)
    return environment


def run(main: Callable[[], int]) -> None:
    """Call `main` and leave with its exit code; a failed step is one line, an interruption leaves no traceback."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        code = main()
    except Failed as failure:
        print(f"Stopped: {failure}", file=sys.stderr, flush=True)
        code = 1
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr, flush=True)
        code = 130
    raise SystemExit(code)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt
