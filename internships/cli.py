"""The doors of the internships package: matching, and the certificate of a matching."""

import json
from dataclasses import asdict
from typing import Any

import click
import sqlalchemy as sa

from app.cli import Door, Unusable, answers_in, need_database_file, put, read_json, reads_file, table, uncollected
from app.db import db
from internships.law_cli import law
from internships.models import MatchRound
from internships.rules import instance, matching, stability
from internships.services import season_files, season_runs


@click.group("internships")
def internships() -> None:
    """Matching of students and internships, and the law of them."""


internships.add_command(law)


@internships.command("match", cls=Door)
@reads_file
@click.option("--seed", metavar="TEXT", help="Order equals in a ranking by the lottery of this text.")
@click.option("--explain", is_flag=True, help="Add what became of each choice, and how each posting filled.")
@answers_in("json")
def match_(file: str, max_mb: int, encoding: str | None, seed: str | None, explain: bool, form: str) -> None:
    """Match the students and postings of FILE: the stable matching that is best for every student.

    \b
    FILE (- for standard input) holds preferences, best first; a list inside a ranking holds equals:
      {"students": {"s1": ["p1"], "s2": ["p1"]},
       "postings": {"p1": {"capacity": 1, "ranking": ["s2", "s1"]}}}

    \b
    Example:
      flask internships match round.json --seed 2026-spring
      {"matching": {"p1": ["s2"]}, "unmatched": ["s1"], "blocking_pairs": 0}

    The lottery number of a student is the SHA-256 of `seed:student`, lowest first. Exit code 2: FILE cannot be used.
    """
    if explain and form != "json":
        raise Unusable("--explain", "needs --format json")
    with uncollected():
        market = _instance(file, max_mb, encoding)
        try:
            postings = market.strict(seed)
        except instance.Malformed as error:
            raise Unusable(file, f"{error.reason}: give --seed", field=error.field) from error
        found = matching.match(market.students, postings)
        proof = stability.certificate(market.students, postings, found.by_posting)
        if form == "csv":
            rows = [(student, found.by_student.get(student, "")) for student in sorted(market.students)]
            put(table(("student", "posting"), rows))
        else:
            result: dict[str, Any] = {
                "matching": {posting: found.by_posting[posting] for posting in sorted(found.by_posting)},
                "unmatched": found.unmatched,
                "blocking_pairs": len(proof.blocking_pairs),
            }
            if explain:
                result["explanation"] = _explanation(matching.explain(market.students, postings, found))
            put(_json(result))
    if not proof.is_clean:
        raise click.exceptions.Exit(1)


@internships.command("check", cls=Door)
@reads_file
@answers_in("json")
def check(file: str, max_mb: int, encoding: str | None, form: str) -> None:
    """Check the matching in FILE against its own preferences; shares no code with the matching.

    \b
    FILE is as for `match`, with "matching": {"p1": ["s2"]} beside it.
    Example:
      flask internships check result.json
      {"blocking_pairs": [["s1", "p1"]], "over_capacity": [], "unacceptable": []}

    A pair blocks if each would rather have the other; equals in a ranking do not block. Exit code 1: a finding.
    """
    with uncollected():
        market = _instance(file, max_mb, encoding, with_matching=True)
        found = stability.certificate(market.students, market.postings, market.matching)
    if form == "csv":
        rows = [("blocking_pair", *pair) for pair in found.blocking_pairs]
        rows += [("over_capacity", "", posting) for posting in found.over_capacity]
        rows += [("unacceptable", *pair) for pair in found.unacceptable]
        put(table(("problem", "student", "posting"), rows))
    else:
        put(_json(asdict(found)))
    if not found.is_clean:
        raise click.exceptions.Exit(1)


@internships.command("replay", cls=Door)
@click.argument("number", metavar="ROUND", type=int)
def replay(number: int) -> None:
    """Match ROUND again from its stored inputs and compare the bytes with what was kept.

    \b
    Example:
      flask internships replay 7
      {"inputs_are_same": true, "result_is_same": true, "blocking_pairs": 0}

    Exit code 1: something differs. Exit code 2: there is no such round, it has not been matched, or its file is gone.
    """
    need_database_file()
    try:
        match_round = db.session.get(MatchRound, number)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise Unusable("database", "is not migrated: run `flask db upgrade`") from error
    if match_round is None:
        raise Unusable("ROUND", f"there is no round {number}")
    try:
        found = season_runs.replay(match_round)
    except season_runs.NotYetMatched as refusal:
        raise Unusable("ROUND", "has not been matched") from refusal
    except season_files.SeasonFileGone as refusal:
        raise Unusable("ROUND", "its file is no longer kept, or has been changed") from refusal
    put(_json(asdict(found)))
    if not found.is_same:
        raise click.exceptions.Exit(1)


def _instance(file: str, max_mb: int, encoding: str | None, *, with_matching: bool = False) -> instance.Instance:
    """The matching problem in `file`, or the refusal of it."""
    try:
        return instance.parse(read_json(file, max_mb, encoding), with_matching=with_matching)
    except instance.Malformed as error:
        raise Unusable(file, error.reason, field=error.field) from error


def _explanation(explanation: matching.Explanation) -> dict[str, Any]:
    """The explanation as plain values, sorted by id; written out because `asdict` takes minutes for a whole country."""
    return {
        "students": {
            student: [
                {
                    "posting": choice.posting,
                    "outcome": choice.outcome,
                    "capacity": choice.capacity,
                    "rank": choice.rank,
                    "worst_rank": choice.worst_rank,
                }
                for choice in choices
            ]
            for student, choices in sorted(explanation.students.items())
        },
        "postings": {posting: asdict(filling) for posting, filling in sorted(explanation.postings.items())},
    }


def _json(result: object) -> str:
    return json.dumps(result, ensure_ascii=False) + "\n"
