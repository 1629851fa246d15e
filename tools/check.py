"""The fast checks: `make check` runs them and the fast tests on SQLite; `make test` runs them first."""

import argparse

from tools import setup
from tools.steps import PROGRAMS, PYTHON, ROOT, Steps, run, say, show

IMPORTS = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command(sys.argv[1:])"
DENO = str(PROGRAMS / "deno")
FEATURES = ("app", "competitions", "courses", "internships", "reports")
CHECKS = {
    "Style of code": [PYTHON, "-m", "ruff", "check", "."],
    "Layout of code": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "Types": [PYTHON, "-m", "mypy"],
    "Import contracts": [PYTHON, "-c", IMPORTS],
    "Templates": [
        PYTHON,
        "-m",
        "djlint",
        "app",
        "courses",
        "internships",
        "competitions",
        "reports",
        "--lint",
        "--quiet",
    ],
    "Dependencies": [PYTHON, "-m", "deptry", "."],
    "Unused code": [PYTHON, "-m", "vulture"],
    "Style of scripts": [DENO, "lint", "--quiet"],
    "Layout of scripts": [DENO, "fmt", "--check", "--quiet"],
}
JOURNEYS = str(ROOT / "tests" / "journeys")
PYTEST = [PYTHON, "-m", "pytest", "--numprocesses", "2"]


def check(steps: Steps) -> list[str]:
    """Run every check, also after one failed, so that one run shows all; the names of those that failed."""
    failed = []
    for name, command in CHECKS.items():
        with steps.step(name):
            if show(command):
                failed.append(name)
    return failed


def verdict(failed: list[str], steps: Steps) -> int:
    """Say what failed, if anything; the exit code."""
    say(
        f"\nFailed after {steps.seconds:.0f} s: {', '.join(failed)}"
        if failed
        else f"\nAll well after {steps.seconds:.0f} s."
    )
    return 1 if failed else 0


def main() -> int:
    """All checks, then the tests that are not marked slow."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    steps = Steps(setup.STEPS + len(CHECKS) + 1)
    setup.set_up(steps, tests=True)
    failed = check(steps)
    with steps.step("Fast tests, on SQLite"):
        tests = [*PYTEST, "-m", "not slow", "--ignore", JOURNEYS]
        if show(tests, {"TEST_DATABASE": "sqlite"}):
            failed.append("Fast tests")
    return verdict(failed, steps)


if __name__ == "__main__":
    run(main)
