"""`make bench`: pages beside the two limits, interleaved, and again with many times the rows. Ratios only.

Answers that are wrong end the run with exit code 1; a missed target does not, it is written beside the figure.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from app.seeding.cast import PASSWORD
from bench import matching
from bench import world as worlds
from bench.gradebook import FIRST_NAME
from bench.load import ANSWERED, Client, Page, WrongAnswer, begin_attempt
from bench.ratios import ANSWER, GRADEBOOK, GROWTH, READ_PAGE, Block, Blocks, cpu_ratio, rate_ratio, table, verdict
from bench.season import season
from tools.steps import Failed, Steps, run, say

BARE = "bare limit"
PEOPLE = {"student": worlds.STUDENT, "official": worlds.OFFICIAL, "coordinator": worlds.COORDINATOR}
WARM_UP = 20  # requests to each page before anything counts


def limit_for(who: str) -> str:
    """The name of the signed-in limit of a person; people differ in rail and memberships."""
    return f"signed-in limit, {who}"


def pages_for(found: worlds.Subjects) -> list[Page]:
    """The two limits, then the pages that are read."""
    own = f"/bench/signed-in/{found.course_id}/"
    return [
        Page(BARE, "nobody", f"/bench/bare/{found.course_id}/", found.course_title),
        *(Page(limit_for(who), who, own, found.course_title) for who in PEOPLE),
        Page("course page", "student", f"/courses/{found.course_id}/", found.course_title, at_most=READ_PAGE),
        Page("lesson page", "student", f"/courses/{found.course_id}/lessons/1/", found.course_title, at_most=READ_PAGE),
        Page("passport", "student", "/passport/", found.skill_name, at_most=READ_PAGE),
        Page("posting list", "student", "/postings/", 'href="/postings/', at_most=READ_PAGE),
        Page(
            "scoreboard", "student", f"/competitions/{found.competition_id}/ranking/", found.winner, at_most=READ_PAGE
        ),
        Page("gap report", "official", "/reports/gap/", "/reports/figures/", at_most=READ_PAGE),
        Page("gradebook", "coordinator", found.gradebook, FIRST_NAME, at_most=GRADEBOOK),
    ]


def measure(
    ports: Mapping[int, int], pages: list[Page], quizzes: tuple[int, ...], rounds: int, requests: int
) -> Blocks:
    """Blocks of requests to every page in every world, in turn; the order is turned round every other time.

    So whatever slows the machine for a while falls on all alike, and nothing is always first. Raises WrongAnswer.
    """
    asked: dict[int, list[tuple[Page, Client]]] = {}
    for times, port in ports.items():
        clients = {"nobody": Client(port)} | {who: Client(port) for who in PEOPLE}
        for who, email in PEOPLE.items():
            clients[who].sign_in(email, PASSWORD)
        answer = begin_attempt(clients["student"], quizzes)
        asked[times] = [(page, clients[page.who]) for page in [*pages, answer]]
    # The same page in both worlds stands side by side: their ratio is the one that has least room.
    turns = [(times, *asked[times][place]) for place in range(len(pages) + 1) for times in ports]
    for _times, page, client in turns:
        client.block(page, WARM_UP)
    blocks: dict[tuple[str, int], list[Block]] = defaultdict(list)
    for number in range(rounds):
        for times, page, client in turns if number % 2 == 0 else reversed(turns):
            blocks[page.name, times].append(client.block(page, requests))
        say(f"      round {number + 1}/{rounds}")
    return blocks


def report(blocks: Blocks, claimed: list[Page], times: list[int]) -> str:
    """The tables: each page beside the two limits in each world, then each page with many times the rows."""
    parts = []
    for many in times:
        rows = []
        for page in claimed:
            these, bare, limit = (blocks[name, many] for name in (page.name, BARE, limit_for(page.who)))
            cpu = cpu_ratio(these, limit)
            by_bare = cpu_ratio(these, bare)
            rates = rate_ratio(these, bare), rate_ratio(these, limit)
            target = "" if page.at_most is None else verdict(cpu, page.at_most)
            rows.append([page.name, str(by_bare), str(cpu), *map(str, rates), target])
        heads = [
            "page",
            "CPU ÷ bare",
            "CPU ÷ signed-in",
            "throughput ÷ bare",
            "throughput ÷ signed-in",
            "target (CPU ÷ signed-in)",
        ]
        parts += [f"Rows × {many}", table(heads, rows)]
    if len(times) > 1:
        few, many = times
        rows = []
        for page in claimed:
            these, those = blocks[page.name, many], blocks[page.name, few]
            cpu = cpu_ratio(these, those)
            target = "" if page.at_most is None else verdict(cpu, GROWTH)
            rows.append([page.name, str(cpu), str(rate_ratio(these, those)), target])
        parts += [f"Rows × {many} beside rows × {few}", table(["page", "CPU", "throughput", "target (CPU)"], rows)]
    return "\n\n".join(parts)


def bench(options: argparse.Namespace) -> int:
    """Make the worlds, serve both, measure, and write the tables to standard output."""
    steps = Steps(6)
    with ExitStack() as stack:
        folder = Path(options.world or stack.enter_context(tempfile.TemporaryDirectory(prefix="yangfan-bench-")))
        sockets = stack.enter_context(worlds.postgres().server()) if options.postgresql else None
        with steps.step(f"Demo world of size {options.size}"):
            seeded = worlds.seeded(folder, options.size, sockets)
            found = worlds.subjects(seeded)
        with steps.step("The same, doubled"):
            few = worlds.multiplied(folder, seeded, 1, sockets)
        with steps.step(f"The same with {options.times} times the rows of that"):
            many = worlds.multiplied(folder, seeded, options.times, sockets)
        with steps.step("Two servers"):
            ports = {world.times: stack.enter_context(worlds.serve(world)) for world in (few, many)}
        pages = pages_for(found)
        with steps.step(f"{options.rounds} rounds of {options.requests} requests to each page"):
            blocks = measure(ports, pages, found.quiz_ids, options.rounds, options.requests)
    with steps.step("The matching beside plain heaps"):
        matched = matching.compare(*options.market, rounds=min(options.rounds, 5))
    claimed = [
        *(page for page in pages if page.who != "nobody"),
        Page(ANSWERED, "student", "", "", at_most=ANSWER),
    ]
    print(f"\n{report(blocks, claimed, list(ports))}\n\nMiddle of {options.rounds} rounds (least–greatest).")
    print(f"\nMatching\n\n{matched}")
    return 0


def main() -> int:
    """Read the options; exit code 1 where a page answered wrongly or a world cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two rounds of five requests: does it run, not how fast")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=40, help="to each page in each round")
    parser.add_argument("--size", default="small", help="of the demo world that is multiplied")
    parser.add_argument("--times", type=int, default=100, help="how many times the rows")
    parser.add_argument("--postgresql", action="store_true", help="on the PostgreSQL of the tests instead of SQLite")
    parser.add_argument("--world", help="a folder in which to keep the worlds, or find them again (SQLite only)")
    parser.add_argument("--matching", action="store_true", help="the matching beside plain heaps alone")
    parser.add_argument("--season", action="store_true", help="a whole match season in a database of its own, alone")
    parser.add_argument(
        "--market",
        type=int,
        nargs=3,
        default=(200_000, 10_000, 20),
        metavar=("STUDENTS", "POSTINGS", "CHOICES"),
        help="of the matching and the season",
    )
    options = parser.parse_args()
    if options.postgresql and options.world:
        parser.error("--world keeps SQLite files; the PostgreSQL of the tests is gone afterwards")
    if options.times < 2:
        parser.error("--times must be 2 or more")
    if options.quick:
        options.rounds, options.requests, options.market = 2, 5, (4_000, 200, 10)
    if options.season:
        season(*options.market, on_postgresql=options.postgresql)
        return 0
    if options.matching:
        print(matching.compare(*options.market, rounds=min(options.rounds, 5)))
        return 0
    try:
        return bench(options)
    except (WrongAnswer, worlds.Lacking, worlds.NotServing) as failure:
        raise Failed(str(failure)) from failure


if __name__ == "__main__":
    run(main)
