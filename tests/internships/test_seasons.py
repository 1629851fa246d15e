"""Match seasons: who is asked and who takes part, for whom they are, run once, shown at one moment, done again."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import services as accounts
from app.accounts.models import Role, StudentProfile
from app.accounts.queries import profile_of
from app.clock import today
from app.db import utcnow
from app.jobs import Job, JobStatus
from app.mail import Mail
from app.reference.models import Cluster
from internships import tasks
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Part,
    Placement,
    PostingScope,
    RankedBy,
    RoundPosting,
    RoundStatus,
    StudentScope,
)
from internships.queries import pipeline as pipeline_reads
from internships.rules.caps import Grouping, Span
from internships.rules.stages import Due
from internships.services import (
    applications,
    clocks,
    explanations,
    postings,
    round_entry,
    rounds,
    season_files,
    season_runs,
)
from tests.page import page

PARTS = "/organisations/demo-enterprise/match-rounds/"


@pytest.fixture
def announced(db, cast):
    """A round of the cast's university, open since a week, in which nothing takes part yet."""
    return announce(db, cast.university)


@pytest.fixture
def season(db, cast, posting, announced):
    """The same with the cast's posting in it, which has one seat."""
    posting.seats = 1
    rounds.join(announced, posting, by=cast.recruiter, now=utcnow(), today=today())
    db.session.commit()
    return announced


@pytest.fixture
def applied(db, cast, posting, season):
    """The student and the stranger want the one seat."""
    return apply(db, posting, cast.student, cast.other_student)


def announce(db, organisation, **values):
    now = utcnow()
    plan = rounds.Plan("春季匹配", "Spring", now - timedelta(days=7), now + timedelta(days=7), **values)
    made = rounds.announce(organisation, plan, by=None)
    db.session.commit()
    return made


def apply(db, posting, *students):
    made = [applications.apply(one, profile_of(one), posting, "", utcnow(), today()) for one in students]
    db.session.commit()
    return made


def another(db, cast, posting, **changed):
    """One more open posting of the cast's enterprise."""
    values = {name: getattr(posting, name) for name in postings.FIELDS} | changed
    made = postings.create(cast.enterprise, values, [postings.Asked("LG01", 1)], by=None, now=utcnow())
    postings.publish(made, by=None, now=utcnow(), today=today())
    db.session.commit()
    return made


def classmate(db, cast, number, major=None):
    """A further student of the cast's university."""
    person = accounts.create_person(f"classmate-{number}@demo.example", f"同学{number}")
    accounts.join(person, cast.university, Role.STUDENT, today() - timedelta(days=400))
    db.session.flush()
    like = profile_of(cast.student)
    db.session.add(
        StudentProfile(
            person_id=person.id,
            major=major or like.major,
            year=like.year,
            graduates_on=like.graduates_on,
            birth_month=like.birth_month,
        )
    )
    db.session.commit()
    return person


def elsewhere_code(db, posting):
    """The code of some other cluster."""
    return db.session.scalars(sa.select(Cluster.code).where(Cluster.code != posting.cluster_code)).first()


def close(db, match_round, results_in=None):
    match_round.closes_at = utcnow() - timedelta(minutes=1)
    match_round.results_at = None if results_in is None else utcnow() + results_in
    db.session.commit()


def statuses(db):
    db.session.expire_all()
    return sorted(one.status.value for one in db.session.query(Application))


# ---- consent


def test_a_posting_takes_part_only_when_its_enterprise_says_yes(client_of, db, cast, posting, announced):
    client_of(cast.coordinator).post(f"/rounds/{announced.id}/postings/", data={"posting": str(posting.id)})
    assert db.session.query(RoundPosting).one().part is Part.INVITED
    apply(db, posting, cast.student)
    close(db, announced)
    with pytest.raises(season_runs.RoundEmpty):
        season_runs.run(announced, by=None, now=utcnow(), today=today())


def test_the_enterprise_reads_the_invitation_and_accepts_it_twice_with_one_effect(
    client_of, db, cast, posting, announced
):
    rounds.invite(announced, [posting], by=cast.coordinator, now=utcnow(), today=today())
    client = client_of(cast.recruiter)
    assert page(client, PARTS, language="en").h1 == "1 invitation waits for your answer"
    assert page(client, PARTS, language="zh").h1 == "1 份邀请等你答复"
    assert "Spring" in page(client, "/", language="en").text
    for _click in range(2):
        client.post(f"{PARTS}{announced.id}/postings/{posting.id}/participation/")
    kept = db.session.query(RoundPosting).one()
    assert (kept.part, kept.answered_by_id) == (Part.JOINED, cast.recruiter.id)
    assert "Your postings in match rounds" in page(client, PARTS, language="en").h1


def test_an_enterprise_that_refused_may_still_change_its_mind(client_of, db, cast, posting, announced):
    rounds.invite(announced, [posting], by=cast.coordinator, now=utcnow(), today=today())
    client = client_of(cast.recruiter)
    client.post(f"{PARTS}{announced.id}/postings/{posting.id}/refusal/")
    assert db.session.query(RoundPosting).one().part is Part.REFUSED
    assert rounds.invite(announced, [posting], by=cast.coordinator, now=utcnow(), today=today()) == 0
    client.post(f"{PARTS}{announced.id}/postings/{posting.id}/participation/")
    assert db.session.query(RoundPosting).one().part is Part.JOINED


def test_an_enterprise_joins_without_being_asked(client_of, db, cast, posting, announced):
    client = client_of(cast.recruiter)
    assert "Join “Spring”" in page(client, PARTS, language="en").text
    client.post(f"{PARTS}{announced.id}/postings/{posting.id}/participation/")
    assert db.session.query(RoundPosting).one().part is Part.JOINED


def test_nobody_answers_for_another_enterprise(client_of, db, cast, posting, announced):
    rounds.invite(announced, [posting], by=cast.coordinator, now=utcnow(), today=today())
    for address in (
        f"{PARTS}{announced.id}/postings/{posting.id}/participation/",
        f"/organisations/{cast.other_enterprise.slug}/match-rounds/{announced.id}/postings/{posting.id}/participation/",
    ):
        assert client_of(cast.other_recruiter).post(address).status_code == 404
    assert db.session.query(RoundPosting).one().part is Part.INVITED


def test_after_closing_an_invitation_cannot_be_answered(db, cast, posting, announced):
    rounds.invite(announced, [posting], by=cast.coordinator, now=utcnow(), today=today())
    close(db, announced)
    with pytest.raises(rounds.RoundClosed):
        rounds.join(announced, posting, by=cast.recruiter, now=utcnow(), today=today())
    with pytest.raises(rounds.RoundClosed):
        rounds.refuse(announced, posting, by=cast.recruiter, now=utcnow())


# ---- for whom


def test_a_round_of_a_university_is_for_its_students(db, cast, posting):
    own = announce(db, cast.university, students_from=StudentScope.UNIVERSITY)
    rounds.join(own, posting, by=cast.recruiter, now=utcnow(), today=today())
    assert apply(db, posting, cast.student)[0].is_open
    with pytest.raises(round_entry.NotOfThisRound):
        apply(db, posting, cast.other_student)


def test_whoever_applied_before_the_posting_joined_is_left_out_with_the_reason(client_of, db, cast, posting):
    apply(db, posting, cast.student, cast.other_student)
    own = announce(db, cast.university, students_from=StudentScope.UNIVERSITY)
    rounds.join(own, posting, by=cast.recruiter, now=utcnow(), today=today())
    close(db, own)
    season_runs.run(own, by=None, now=utcnow(), today=today())
    db.session.commit()
    assert db.session.query(Placement).one().student_id == cast.student.id
    assert (
        "The round is for other students." in page(client_of(cast.other_student), "/applications/", language="en").text
    )


def test_a_round_of_a_cluster_takes_postings_of_the_cluster(db, cast, posting):
    elsewhere = announce(
        db, cast.university, postings_from=PostingScope.CLUSTER, cluster_code=elsewhere_code(db, posting)
    )
    here = announce(db, cast.university, postings_from=PostingScope.CLUSTER, cluster_code=posting.cluster_code)
    with pytest.raises(rounds.PostingNotForRound):
        rounds.join(elsewhere, posting, by=cast.recruiter, now=utcnow(), today=today())
    rounds.join(here, posting, by=cast.recruiter, now=utcnow(), today=today())


def test_a_student_has_no_more_choices_than_the_round_allows(db, cast, posting):
    small = announce(db, cast.university, most_choices=1)
    other = another(db, cast, posting)
    for one in (posting, other):
        rounds.join(small, one, by=cast.recruiter, now=utcnow(), today=today())
    apply(db, posting, cast.student)
    with pytest.raises(round_entry.TooManyChoices):
        apply(db, other, cast.student)


def test_only_a_university_has_students_of_its_own(db, cast):
    with pytest.raises(rounds.RoundNotForUniversity):
        announce(db, cast.government, students_from=StudentScope.UNIVERSITY)


def test_results_are_not_announced_for_before_the_closing(db, cast):
    with pytest.raises(rounds.RoundDatesOutOfOrder):
        announce(db, cast.university, results_at=utcnow())


# ---- orders, ties and caps


def test_equals_are_told_apart_by_the_lottery(db, cast, posting, season, applied):
    posting.ranked_by = RankedBy.HAND
    applications.rank_by_hand(posting, applied, {one.id: 3 for one in applied})
    assert [one.posting_rank for one in applied] == [1, 1]
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    from internships.rules.lottery import lottery_number

    lucky = min((cast.student, cast.other_student), key=lambda one: lottery_number(season.seed, str(one.id)))
    assert db.session.query(Placement).one().student_id == lucky.id


def test_by_hand_first_and_the_rest_by_fit(db, cast, posting, season, applied):
    posting.ranked_by, posting.seats = RankedBy.BOTH, 2
    third = classmate(db, cast, 3)
    chosen = apply(db, posting, third)[0]
    applications.rank_by_hand(posting, [*applied, chosen], {chosen.id: 1})
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    placed = {one.student_id for one in db.session.query(Placement)}
    assert third.id in placed
    assert len(placed) == 2


def test_a_cap_on_a_university_is_kept_and_its_students_read_why(client_of, db, cast, posting, season):
    posting.seats = 2
    students = [cast.student, *(classmate(db, cast, number) for number in (3, 4))]
    made = apply(db, posting, *students)
    posting.ranked_by = RankedBy.HAND
    applications.rank_by_hand(posting, made, {one.id: place for place, one in enumerate(made, start=1)})
    db.session.commit()
    client_of(cast.recruiter).post(
        f"{PARTS}{season.id}/postings/{posting.id}/caps/", data={"university": "1", "span": "each_posting"}
    )
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    db.session.commit()
    assert db.session.query(Placement).one().student_id == cast.student.id
    assert "only so many of one university" in page(client_of(students[1]), "/applications/", language="en").text


def test_a_cap_over_several_postings_is_refused_with_the_reason(client_of, db, cast, posting, season):
    client = client_of(cast.recruiter)
    address = f"{PARTS}{season.id}/postings/{posting.id}/caps/"
    client.post(address, data={"university": "1", "span": "all_together"})
    assert "可能不存在稳定的结果" in page(client, PARTS, language="zh").text
    assert db.session.query(RoundPosting).one().university_cap is None
    with pytest.raises(rounds.CapsNotNested):
        rounds.cap(
            season, posting, {Grouping.MAJOR_ANYWHERE: 1, Grouping.UNIVERSITY: 1}, Span.EACH_POSTING,
            by=cast.recruiter, now=utcnow(),
        )  # fmt: skip


# ---- shown at one moment


def test_before_the_announced_moment_nobody_sees_anything(client_of, db, cast, posting, season, applied, run_jobs):
    close(db, season, results_in=timedelta(hours=2))
    client_of(cast.coordinator).post(f"/rounds/{season.id}/run/")
    run_jobs()
    assert statuses(db) == ["open", "open"]
    assert season.status is RoundStatus.RUN
    assert not db.session.query(Placement).count()
    assert not db.session.query(Mail).count()
    for person in (cast.student, cast.recruiter, cast.coordinator):
        shown = page(client_of(person), f"/rounds/{season.id}/", language="en")
        assert "Everybody sees the result at one moment" in shown.text
        assert "have a place" not in shown.text
    client_of(cast.coordinator).post(f"/rounds/{season.id}/release/")
    assert statuses(db) == ["open", "open"]
    for name in ("inputs", "result"):
        assert client_of(cast.coordinator).get(f"/rounds/{season.id}/files/{name}/").status_code == 404


def test_at_the_announced_moment_the_worker_shows_it_to_all_and_writes_to_all(
    client_of, db, cast, posting, season, applied, run_jobs
):
    close(db, season, results_in=timedelta(hours=2))
    client_of(cast.coordinator).post(f"/rounds/{season.id}/run/")
    run_jobs()
    season.results_at = utcnow()
    db.session.commit()
    for _minute in range(2):
        tasks.show_due()
        run_jobs()
    assert statuses(db) == ["matched", "not_matched"]
    assert {one.decided_at for one in applied} == {season.released_at}
    told = sorted(db.session.scalars(sa.select(Mail.recipient)))
    assert told == sorted([cast.student.email, cast.other_student.email])
    link = db.session.scalars(sa.select(Mail.body)).first()
    assert "/applications/" in link


def test_nothing_is_taken_back_between_matching_and_result(client_of, db, cast, season, applied, run_jobs):
    close(db, season, results_in=timedelta(hours=2))
    client_of(cast.coordinator).post(f"/rounds/{season.id}/run/")
    for _moment in range(2):
        with pytest.raises(round_entry.BeingMatched):
            applications.withdraw(applied[0], utcnow())
        run_jobs()
        db.session.expire_all()


def test_a_mail_that_was_written_is_not_written_again(db, cast, posting, season, applied, monkeypatch):
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    monkeypatch.setattr(season_runs, "MAILS_AT_ONCE", 1)
    assert season_runs.write_to_some(season, "https://example.org/") == 1
    db.session.commit()  # here the worker dies, and another begins the job anew
    assert season_runs.write_to_some(season, "https://example.org/") == 1
    assert season_runs.write_to_some(season, "https://example.org/") == 0
    assert db.session.query(Mail).count() == 2


# ---- clicked twice, killed, failed


def test_two_clicks_on_run_make_one_job(client_of, db, cast, season, applied, run_jobs):
    close(db, season)
    client = client_of(cast.coordinator)
    for _click in range(2):
        client.post(f"/rounds/{season.id}/run/")
    assert db.session.query(Job).filter_by(kind=season_runs.RUN).count() == 1
    assert "At work" in page(client, f"/rounds/{season.id}/", language="en").text
    run_jobs()
    client.post(f"/rounds/{season.id}/run/")
    assert db.session.query(Job).filter_by(kind=season_runs.RUN).count() == 1


def test_a_worker_that_is_killed_leaves_nothing_half_done(db, cast, season, applied, monkeypatch):
    """Killed after the files were written, and again in the middle of showing: the second try gives the same bytes."""
    close(db, season)
    season_runs.begin(season, by=None, now=utcnow())
    db.session.commit()
    first = season_runs.attempt(season, today())
    digests = season_files.keep(first[0]), season_files.keep(first[1])
    db.session.rollback()
    assert (season.status, season.result_sha256) == (RoundStatus.RUNNING, "")

    class Killed(BaseException):
        pass

    def die(*_arguments):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(season_runs, "_place", die)
        with pytest.raises(Killed):
            tasks.match({"round": season.id, "link": ""}, lambda *_: None)
    db.session.rollback()
    assert statuses(db) == ["open", "open"]
    assert (season.status, season.inputs_sha256, season.result_sha256) == (RoundStatus.RUN, *digests)
    tasks.match({"round": season.id, "link": ""}, lambda *_: None)
    assert statuses(db) == ["matched", "not_matched"]
    assert season.status is RoundStatus.RELEASED
    tasks.match({"round": season.id, "link": ""}, lambda *_: None)
    assert db.session.query(Placement).count() == 1


def test_a_job_that_failed_is_begun_again_by_the_organiser(client_of, db, cast, season, applied, run_jobs, monkeypatch):
    close(db, season)
    client = client_of(cast.coordinator)
    with monkeypatch.context() as patched:
        patched.setattr(season_runs, "decide", lambda _inputs: 1 / 0)
        client.post(f"/rounds/{season.id}/run/")
        run_jobs()
    assert db.session.query(Job).filter_by(kind=season_runs.RUN).one().status is JobStatus.FAILED
    shown = page(client, f"/rounds/{season.id}/", language="en").text
    assert "The last attempt failed" in shown
    assert "Match again" in shown
    client.post(f"/rounds/{season.id}/run/")
    run_jobs()
    assert statuses(db) == ["matched", "not_matched"]


def test_a_matching_in_which_the_proof_finds_something_is_never_shown(db, cast, season, applied, monkeypatch):
    close(db, season)
    season_runs.begin(season, by=None, now=utcnow())
    db.session.commit()
    honest = season_runs.decide

    def worse(inputs):
        found = honest(inputs)
        found.matched[:] = -1
        return found

    monkeypatch.setattr(season_runs, "decide", worse)
    with pytest.raises(season_runs.Unstable):
        tasks.match({"round": season.id, "link": ""}, lambda *_: None)
    db.session.rollback()
    assert season.status is RoundStatus.RUNNING


# ---- done again


def test_a_replay_gives_the_same_bytes_by_button_and_by_door(app, client_of, db, cast, season, applied, run_jobs):
    close(db, season)
    client = client_of(cast.coordinator)
    client.post(f"/rounds/{season.id}/run/")
    run_jobs()
    client.post(f"/rounds/{season.id}/replays/")
    run_jobs()
    assert "the same bytes came out" in page(client, f"/rounds/{season.id}/", language="en").text
    found = app.test_cli_runner().invoke(args=["internships", "replay", str(season.id)])
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout) == {"inputs_are_same": True, "result_is_same": True, "blocking_pairs": 0}
    for name in ("inputs", "result"):
        with client.get(f"/rounds/{season.id}/files/{name}/") as answer:
            assert answer.data[:2] == b"PK"
        assert client_of(cast.student).get(f"/rounds/{season.id}/files/{name}/").status_code == 404


def test_a_result_that_was_changed_is_found(app, db, cast, season, applied):
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    db.session.commit()
    path = season_files.path_of(season.result_sha256)
    kept = path.read_bytes()
    changed = bytearray(kept)
    changed[len(changed) // 2] ^= 1
    path.write_bytes(bytes(changed))
    try:
        found = app.test_cli_runner().invoke(args=["internships", "replay", str(season.id)])
    finally:
        path.write_bytes(kept)
    assert found.exit_code == 1
    assert not json.loads(found.stdout)["result_is_same"]


def test_a_round_that_is_not_there_is_said(app, db, announced):
    for number in ("999999", str(announced.id)):
        assert app.test_cli_runner().invoke(args=["internships", "replay", number]).exit_code == 2


# ---- a second round


def test_a_second_round_asks_the_enterprises_with_free_seats_once(client_of, db, cast, posting, season, applied):
    other = another(db, cast, posting)
    rounds.join(season, other, by=cast.recruiter, now=utcnow(), today=today())
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    db.session.commit()
    client = client_of(cast.coordinator)
    assert "Announce a second round" in page(client, f"/rounds/{season.id}/", language="en").text
    for _click in range(2):
        client.post(f"/rounds/{season.id}/second-rounds/")
    second = db.session.query(MatchRound).filter_by(follows_id=season.id).one()
    asked = db.session.query(RoundPosting).filter_by(round_id=second.id).one()
    assert (asked.posting_id, asked.part) == (other.id, Part.INVITED)
    assert "第二轮" in page(client, f"/rounds/{second.id}/", language="zh").text
    rounds.join(second, other, by=cast.recruiter, now=utcnow(), today=today())
    won = db.session.query(Placement).one().student_id
    left = cast.other_student if won == cast.student.id else cast.student
    assert apply(db, other, left)[0].is_open
    with pytest.raises(applications.NotEligible):
        apply(db, other, cast.student if left is cast.other_student else cast.other_student)


def test_without_free_seats_there_is_no_second_round(db, cast, posting, season, applied):
    close(db, season)
    with pytest.raises(rounds.RoundNotReleased):
        rounds.follow_up(season, by=cast.coordinator, now=utcnow(), today=today())
    season_runs.run(season, by=None, now=utcnow(), today=today())
    with pytest.raises(rounds.NoFreeSeats):
        rounds.follow_up(season, by=cast.coordinator, now=utcnow(), today=today())


# ---- read by both sides


def test_the_organiser_reads_the_figures_and_others_do_not(client_of, db, cast, posting, season, applied):
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    db.session.commit()
    shown = page(client_of(cast.coordinator), f"/rounds/{season.id}/", language="en")
    assert "of the students with a list have their first choice" in shown.text
    assert "1 student has no place although a posting ranked them" in shown.text
    assert "choice 1" in shown.text
    assert season.inputs_sha256[:16] in shown.text
    assert "choice 1" not in page(client_of(cast.student), f"/rounds/{season.id}/", language="en").text


def test_reading_why_costs_the_same_for_many_applications(db, cast, posting, season, statements):
    close(db, season)
    season.closes_at = utcnow() + timedelta(days=1)
    more = [another(db, cast, posting) for _number in range(6)]
    for one in more:
        rounds.join(season, one, by=cast.recruiter, now=utcnow(), today=today())
    made = [apply(db, one, cast.student)[0] for one in (posting, *more)]
    close(db, season)
    season_runs.run(season, by=None, now=utcnow(), today=today())
    db.session.commit()
    for one in made:
        db.session.refresh(one)
    with statements() as few:
        explanations.add_to(made[:1])
    with statements() as many:
        explanations.add_to(made[1:])
    assert len(many) == len(few) == 1
    assert [one.outcome["outcome"] for one in made] == ["matched", *["placed_higher"] * 6]
    assert db.session.query(Application).filter(Application.status == ApplicationStatus.MATCHED).count() == 1


def decide(match_round, by, then):
    """Match after closing, without showing the result."""
    season_runs.begin(match_round, by=by, now=then)
    season_runs.settle(match_round, *season_runs.attempt(match_round, today()), now=then)


def test_no_clock_answers_anybody_between_the_matching_and_its_showing(db, cast, season, applied):
    then = season.closes_at + timedelta(hours=1)
    decide(season, cast.coordinator, then)
    late = then + timedelta(days=60)
    assert pipeline_reads.applications_with_clocks(late, 100) == []
    assert {clocks.keep_time(one.id, late) for one in applied} == {Due.NOTHING}
    season_runs.release(season, now=late)
    db.session.expire_all()
    assert sorted(one.status for one in applied) == [ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED]


def test_a_refused_invitation_leaves_the_clocks_running(db, cast, posting, announced):
    [application] = apply(db, posting, cast.student)
    rounds.invite(announced, [posting], by=cast.coordinator, now=utcnow(), today=today())
    db.session.flush()
    late = application.answer_by + timedelta(days=1)
    assert pipeline_reads.applications_with_clocks(late, 100) == [application.id]
    rounds.refuse(announced, posting, by=cast.recruiter, now=utcnow())
    db.session.flush()
    assert pipeline_reads.applications_with_clocks(late, 100) == [application.id]


def test_who_is_matched_in_two_seasons_has_one_place(db, cast, posting, season):
    applications_ = apply(db, posting, cast.student)
    other = another(db, cast, posting, title_zh="另一个岗位")
    second = announce(db, cast.university)
    rounds.join(second, other, by=cast.recruiter, now=utcnow(), today=today())
    applications_ += apply(db, other, cast.student)
    then = season.closes_at + timedelta(hours=1)
    for each in (season, second):
        decide(each, cast.coordinator, then)
    for each in (season, second):
        season_runs.release(each, now=then)
    db.session.expire_all()
    assert [one.status for one in applications_] == [ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Placement)) == 1
    assert (posting.seats_filled, other.seats_filled) == (1, 0)


def test_a_posting_that_closed_early_takes_nobody_in_its_round(db, cast, posting, season, applied):
    postings.close(posting, by=cast.recruiter.id, today=today(), reason="没有项目了，很抱歉")
    decide(season, cast.coordinator, season.closes_at + timedelta(hours=1))
    assert season.record["counts"]["matched"] == 0
