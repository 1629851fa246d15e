"""The database of the demo: migrated, with reference data, planted once. One process, so that a second start is quick.

Runs in the checkout's environment; the same as `flask db upgrade`, `flask reference load`, `flask seed --if-empty`.
"""

import sys

import click
from flask.cli import FlaskGroup

import wsgi
from tools.steps import Failed, Steps, run

COMMANDS = {
    "Database": ["db", "upgrade"],
    "Reference data: skills, regions, clusters": ["reference", "load"],
    "Demo world (a minute or two, the first time)": ["seed", "--if-empty"],
}


def prepare(first: int, total: int) -> int:
    """Do it as the steps from `first` on of `total`."""
    flask = FlaskGroup(create_app=lambda: wsgi.app)
    steps = Steps(total, done=first - 1)
    for what, command in COMMANDS.items():
        with steps.step(what):
            try:
                flask.main(command, prog_name="flask", standalone_mode=False)
            except click.ClickException as error:
                raise Failed(f"flask {' '.join(command)}: {error.format_message()}") from error
    return 0


if __name__ == "__main__":
    run(lambda: prepare(*map(int, sys.argv[1:])))
