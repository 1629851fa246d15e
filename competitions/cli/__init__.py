"""The doors of the competitions package: rankings, assignments of judges, and promotions that anyone can compute."""

import click

from competitions.cli.assign import assign
from competitions.cli.promote import promote
from competitions.cli.rank import rank


@click.group("competitions")
def competitions() -> None:
    """Rankings, judges' work and promotions that anyone can check."""


for command in (rank, assign, promote):
    competitions.add_command(command)
