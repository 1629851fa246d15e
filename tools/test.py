"""`make test`: bring what tests need, then check, test on SQLite and on PostgreSQL, and walk the journeys in Chromium.

It fails, never skips: a missing browser, a database that does not start and a skipped test are failures.
"""

import argparse

from tools import browser, setup
from tools.check import CHECKS, JOURNEYS, PYTEST, check, verdict
from tools.steps import PYTHON, Steps, run, say, show

DATABASES = {"SQLite": "sqlite", "PostgreSQL": "postgresql"}


def main() -> int:
    """Everything; parts that failed are named at the end."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    steps = Steps(setup.STEPS + 1 + len(CHECKS) + len(DATABASES) + 1)
    setup.set_up(steps, tests=True)
    with steps.step("Chromium"):
        chromium = browser.provide()
        say(chromium)
    failed = check(steps)
    for name, database in DATABASES.items():
        with steps.step(f"Tests on {name}"):
            if show([*PYTEST, "--ignore", JOURNEYS], {"TEST_DATABASE": database}):
                failed.append(f"tests on {name}")
    with steps.step("Journeys in a browser"):
        if show([PYTHON, "-m", "pytest", JOURNEYS], {"CHROMIUM": chromium}):
            failed.append("journeys")
    return verdict(failed, steps)


if __name__ == "__main__":
    run(main)
