"""An exam as a hall full of people takes it: all begin in one minute, a third lose the network, the server is killed.

`python -m bench.exam` plays it and writes what came of it: answers acknowledged, answers lost (none may be), what a
whole attempt costs and how many answers a second are saved, each as a ratio to the signed-in limit of the same run.
"""

import argparse
import http.client
import os
import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from app.accounts.models import Membership, Organisation, OrganisationKind, Person, Role
from app.assessment.models import Answer, Attempt, QuestionVersion
from app.assessment.rules.content import Format, Option, Single
from app.assessment.services import questions
from app.clock import today
from app.db import db, utcnow
from app.reference import services as reference
from bench import world as worlds
from bench.load import Answer as Answered
from bench.load import Client, Fields, WrongAnswer
from courses import services as courses
from courses.models import Enrolment
from tools.steps import PYTHON, ROOT, Failed, Steps, run, say

QUESTIONS = 10
SIGNS = "abcd"
SECRET = "of an exam that nobody has to keep secret"
ATTEMPT_COSTS, SAVE_COSTS = 45.0, 3.0  # the targets, as multiples of the signed-in limit
SAMPLED = 30  # whole attempts whose cost is measured one after another
PATIENCE = 120  # seconds for which a client tries again what was not answered
START_LIMIT = 60


@dataclass(frozen=True)
class Hall:
    """The exam and who takes it: cookies by person, and what the limit's page needs."""

    quiz_id: int
    course_id: int
    course_title: str
    item_ids: tuple[int, ...]
    cookies: Mapping[int, str]


@dataclass(frozen=True)
class Rules:
    """How the exam goes: within how many seconds people begin, how long they think, when the server is killed."""

    start_seconds: float = 60
    think_seconds: float = 3
    kill_after: float = 45
    down_seconds: float = 2
    cut_seconds: float = 8


@dataclass
class Candidate:
    """One person's exam: what was acknowledged, by item, as (revision, sign); what the network did to them."""

    person_id: int
    cookie: str
    is_cut: bool
    acknowledged: dict[int, tuple[int, str]] = field(default_factory=dict)
    resent: int = 0
    attempt_id: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of it, counted in the database afterwards."""

    people: int
    handed_in: int
    acknowledged: int
    lost: int
    resent: int
    kills: int


# The hall


def furnish(world: worlds.World, people: int) -> Hall:
    """A university, a course with an exam of ten questions, and so many students enrolled in it."""
    world.data_dir.mkdir(parents=True, exist_ok=True)
    app = world.app()
    app.secret_key = SECRET
    with app.app_context():
        db.create_all()
        reference.load()
        db.session.commit()
        now, day = utcnow(), today()
        university = Organisation(
            kind=OrganisationKind.UNIVERSITY, slug="exam-hall", name_zh="考场大学", name_en="Exam Hall", verified_at=now
        )
        db.session.add(university)
        db.session.flush()
        course = courses.create_course(university.id, "考试", "Exam")
        lesson = courses.add_lesson(course, "考试", "Exam", body_zh="正文")
        versions = [_question(university.id, number) for number in range(QUESTIONS)]
        db.session.flush()
        quiz = courses.set_quiz(
            lesson,
            course,
            [courses.Asked(version, Decimal(1)) for version in versions],
            courses.QuizRules(minutes=60, attempts_allowed=1),
        )
        courses.publish(course, now, None)
        cohort = courses.open_cohort(course, "考试班", "Exam class", day - timedelta(days=1), day + timedelta(days=30))
        db.session.flush()
        if quiz is None:
            raise worlds.Lacking("the exam has no questions")
        students = [
            Person(email=f"student{number}@exam.example", name=f"考生{number}", password_hash="-", language="zh")
            for number in range(people)
        ]
        db.session.add_all(students)
        db.session.flush()
        for student in students:
            db.session.add(
                Membership(person_id=student.id, organisation_id=university.id, role=Role.STUDENT, joined_on=day)
            )
            db.session.add(Enrolment(cohort_id=cohort.id, person_id=student.id, enrolled_at=now))
        db.session.commit()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookies = {
            student.id: signer.dumps({"_user_id": f"{student.id}:{student.session_version}", "_fresh": True})
            for student in students
        }
        items = tuple(item.id for item in quiz.items)
        hall = Hall(quiz.id, course.id, course.title_zh, items, cookies)
        db.session.remove()
        db.engine.dispose()
    return hall


def _question(organisation_id: int, number: int) -> QuestionVersion:
    content = Single(
        text=f"第 {number + 1} 题：选 a。",
        format=Format.PLAIN,
        options=tuple(Option(key=sign, text=f"选项 {sign}", fraction=float(sign == "a")) for sign in SIGNS),
        shuffle=False,
    )
    return questions.create_question(organisation_id, {"zh": content}, skill_code="CC02", level=2)


# The server, which is killed


class Server:
    """The web server on one port, which can be killed as a power cut kills it, and comes back."""

    def __init__(self, world: worlds.World, workers: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.world, self.workers = world, workers
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers. Raises NotServing."""
        command = [PYTHON, "-m", "gunicorn", "bench.wsgi:app", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--no-control-socket", "--worker-class", "gthread", "--workers", str(self.workers)]
        command += ["--threads", "4", "--log-level", "critical"]
        environment = {**os.environ, **self.world.environment, "LOG_LEVEL": "ERROR", "SECRET_KEY": SECRET}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise worlds.NotServing("the server of the exam does not answer")
            time.sleep(0.1)

    def kill(self) -> None:
        """End every process of the server at once, whatever it is doing."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def serving(world: worlds.World, workers: int) -> Iterator[Server]:
    """A running server; gone afterwards."""
    server = Server(world, workers)
    try:
        server.start()
        yield server
    finally:
        server.kill()


# One candidate


class Cut(Exception):
    """The network is gone for this person just now."""


def take(candidate: Candidate, hall: Hall, port: int, rules: Rules, began: float, luck: random.Random) -> None:
    """Take the exam as the page's script does: every answer is sent until it is acknowledged, the newest of each item.

    What the candidate is told stands in `acknowledged`; what goes wrong in `problem`.
    """
    client = Client(port)
    client.cookies["yangfan"] = candidate.cookie
    cut_from = began + luck.uniform(0.3, 0.9) * rules.start_seconds if candidate.is_cut else float("inf")

    def reached() -> None:
        if cut_from <= time.monotonic() < cut_from + rules.cut_seconds:
            raise Cut

    try:
        time.sleep(luck.uniform(0, rules.start_seconds))
        token = Fields.of(_until(reached, lambda: client.ask("GET", "/settings/"), client, 200).text)
        csrf = token.values["csrf_token"]
        begun = _until(
            reached, lambda: client.send(f"/quizzes/{hall.quiz_id}/attempts/", {"csrf_token": csrf}), client, 303
        )
        path = urlsplit(begun.headers["Location"]).path
        candidate.attempt_id = int(path.strip("/").split("/")[1])
        shown = _until(reached, lambda: client.ask("GET", path), client, 200).text
        if 'data-kept="' not in shown:
            raise WrongAnswer("the question is not shown")
        items = luck.sample(hall.item_ids, len(hall.item_ids))
        for item in items:
            time.sleep(luck.uniform(0.2, rules.think_seconds))
            for sign in luck.sample(SIGNS, luck.choice((1, 1, 2))):  # some change their mind
                _save(candidate, client, csrf, item, sign, reached)
        handing_in = f"/attempts/{candidate.attempt_id}/hand-in/"
        _until(reached, lambda: client.send(handing_in, {"csrf_token": csrf}), client, 303)
    except (OSError, http.client.HTTPException, WrongAnswer, KeyError, TypeError) as failure:
        candidate.problem = f"{type(failure).__name__}: {failure}"
    finally:
        client.connection.close()


def _save(candidate: Candidate, client: Client, csrf: str, item: int, sign: str, reached: Callable[[], None]) -> None:
    revision = int(time.time() * 1_000_000)
    path = f"/attempts/{candidate.attempt_id}/answers/{item}/"
    form = {"csrf_token": csrf, "answer": sign, "revision": str(revision)}
    tries = 0

    def send() -> Answered:
        nonlocal tries
        tries += 1
        return client.send(path, form, "application/json")

    _until(reached, send, client, 200)
    candidate.resent += tries - 1
    candidate.acknowledged[item] = (revision, sign)


def _until(reached: Callable[[], None], ask: Callable[[], Answered], client: Client, status: int) -> Answered:
    """Ask until the server answers with `status`. Raises WrongAnswer for another answer, or after `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    wait = 0.2
    while True:
        try:
            reached()
            answer = ask()
            reached()  # a request that arrived may lose its answer: it is sent again, and must do no harm
            if answer.status == status:
                return answer
            if answer.status < 500:
                raise WrongAnswer(f"answered with {answer.status} instead of {status}")
        except (OSError, http.client.HTTPException, Cut):
            client.connection.close()
        if time.monotonic() > deadline:
            raise WrongAnswer("nothing was answered for a long time")
        time.sleep(wait)
        wait = min(wait * 1.6, 3.0)


# The exam


def sit(hall: Hall, server: Server, people: int, rules: Rules, seed: int = 7) -> list[Candidate]:
    """Let so many take the exam at once, kill the server in the middle and start it again."""
    luck = random.Random(seed)
    candidates = [
        Candidate(person, cookie, is_cut=number % 3 == 0)
        for number, (person, cookie) in enumerate(list(hall.cookies.items())[:people])
    ]
    began = time.monotonic()
    threads = [
        threading.Thread(
            target=take, args=(one, hall, server.port, rules, began, random.Random(luck.random())), daemon=True
        )
        for one in candidates
    ]
    threading.stack_size(256 * 1024)
    for thread in threads:
        thread.start()
    time.sleep(rules.kill_after)
    server.kill()
    time.sleep(rules.down_seconds)
    server.start()
    for thread in threads:
        thread.join()
    return candidates


def count(world: worlds.World, candidates: list[Candidate]) -> Outcome:
    """Compare what candidates were told with what the database holds: an answer not there, or an older one, is lost."""
    with world.app().app_context():
        people = [one.person_id for one in candidates]
        handed_in = db.session.scalar(
            sa.select(sa.func.count()).where(Attempt.person_id.in_(people), Attempt.submitted_at.is_not(None))
        )
        kept = {(answer.attempt_id, answer.item_id): answer for answer in db.session.scalars(sa.select(Answer))}
        lost = sum(
            not _is_kept(kept.get((one.attempt_id, item)), *told)
            for one in candidates
            for item, told in one.acknowledged.items()
        )
        outcome = Outcome(
            people=len(candidates),
            handed_in=handed_in or 0,
            acknowledged=sum(len(one.acknowledged) for one in candidates),
            lost=lost,
            resent=sum(one.resent for one in candidates),
            kills=1,
        )
        db.session.remove()
        db.engine.dispose()
    return outcome


def _is_kept(answer: Answer | None, revision: int, sign: str) -> bool:
    return (
        answer is not None
        and answer.revision == revision
        and answer.given == {"answer": sign}
        and answer.share == Decimal(sign == "a")
    )


# What it costs


def costs(hall: Hall, world: worlds.World, people: Sequence[int]) -> tuple[float, float, float]:
    """A whole attempt and one saving as multiples of the signed-in limit (processor time), and of its rate (savings).

    An attempt is begun, ten answers saved, handed in and looked at, one after another by `SAMPLED` people.
    """
    limit = f"/bench/signed-in/{hall.course_id}/"
    with serving(world, workers=1) as server:
        probe = _signed_in(server.port, hall, people[0])
        for _time in range(20):
            probe.ask("GET", limit)
        whole = saving = limits = 0.0
        seconds = limit_seconds = 0.0
        for person in people[:SAMPLED]:
            client = _signed_in(server.port, hall, person)
            csrf = Fields.of(client.ask("GET", "/settings/").text).values["csrf_token"]
            before, moment = client.cpu(), time.perf_counter()
            for _time in range(5):
                client.ask("GET", limit)
            middle, limit_seconds = client.cpu(), limit_seconds + time.perf_counter() - moment
            begun = client.send(f"/quizzes/{hall.quiz_id}/attempts/", {"csrf_token": csrf})
            attempt = urlsplit(begun.headers["Location"]).path
            started, moment = client.cpu(), time.perf_counter()
            form = {"csrf_token": csrf, "answer": "a"}
            for item in hall.item_ids:
                saved = client.send(f"{attempt}answers/{item}/", form, "application/json")
                if saved.status != 200:
                    raise WrongAnswer(f"an answer was answered with {saved.status}")
            answered, seconds = client.cpu(), seconds + time.perf_counter() - moment
            client.send(f"{attempt}hand-in/", {"csrf_token": csrf})
            shown = client.ask("GET", f"{attempt}result/")
            if shown.status != 200:
                raise WrongAnswer(f"the result was answered with {shown.status}")
            end = client.cpu()
            limits += (middle - before) / 5
            whole += end - middle
            saving += (answered - started) / len(hall.item_ids)
    number = min(SAMPLED, len(people))
    rate = (number * QUESTIONS / seconds) / (number * 5 / limit_seconds)
    return whole / limits, saving / limits, rate


def _signed_in(port: int, hall: Hall, person: int) -> Client:
    client = Client(port)
    client.cookies["yangfan"] = hall.cookies[person]
    return client


def play(world: worlds.World, people: int, rules: Rules) -> tuple[Outcome, list[str]]:
    """Furnish the hall, let everybody sit the exam, count; with the problems that candidates met."""
    hall = furnish(world, people)
    with serving(world, workers=2) as server:
        candidates = sit(hall, server, people, rules)
    return count(world, candidates), sorted({one.problem for one in candidates if one.problem})


def main() -> int:
    """Play the exam; exit code 1 where an acknowledged answer is lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.exam", description=__doc__)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--postgresql", action="store_true", help="on the PostgreSQL of the tests instead of SQLite")
    options = parser.parse_args()
    steps = Steps(3)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yangfan-exam-")))
        url = f"sqlite:///{folder / 'yangfan.db'}"
        if options.postgresql:
            sockets = stack.enter_context(worlds.postgres().server())
            url = worlds.postgres().create(sockets, "exam")
        world = worlds.World(1, url, folder)
        with steps.step(f"A hall of {options.people + SAMPLED} people"):
            hall = furnish(world, options.people + SAMPLED)
        with steps.step("What an attempt costs"):
            whole, saving, rate = costs(hall, world, list(hall.cookies)[options.people :])
        with steps.step(f"{options.people} people begin within a minute"), serving(world, workers=2) as server:
            candidates = sit(hall, server, options.people, Rules())
        outcome = count(world, candidates)
    problems = sorted({one.problem for one in candidates if one.problem})
    print(
        f"{outcome.people} people, {outcome.handed_in} handed in; {outcome.acknowledged} answers acknowledged, "
        f"{outcome.lost} lost, {outcome.resent} sent again; the server was killed once.\n"
        f"A whole attempt costs {whole:.1f} times the signed-in limit (target {ATTEMPT_COSTS:.0f}), one answer "
        f"{saving:.2f} times (target {SAVE_COSTS:.0f}); answers are saved at {rate:.2f} times the limit's rate."
    )
    for problem in problems:
        say(problem)
    if outcome.lost or problems:
        raise Failed(f"{outcome.lost} acknowledged answers are lost; {len(problems)} kinds of problems")
    return 0


if __name__ == "__main__":
    run(main)
