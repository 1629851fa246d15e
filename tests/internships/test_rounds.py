"""Match rounds: announced, filled, run once, replayed by the doors, told to both sides."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.accounts import services as accounts
from app.accounts.models import Role, StudentProfile
from app.accounts.queries import profile_of
from app.audit import AuditEntry
from app.clock import ZONE, today
from app.db import utcnow
from app.errors import Refused
from app.mail import Mail
from app.skills import services as skills
from app.skills.models import AssessorKind, SourceKind
from internships.models import (
    Application,
    ApplicationStatus,
    MatchRound,
    Part,
    Placement,
    Posting,
    RankedBy,
    RoundPosting,
    RoundStatus,
    StudentScope,
)
from internships.rules import instance, matching
from internships.services import applications, explanations, postings, rounds, season_files, season_runs
from tests.page import page


def shows(person, skill, level, count, organisation):
    """So many right answers at a level."""
    return [
        skills.Observation(
            f"test:{person.id}:{skill}:{n}", person.id, skill, SourceKind.QUIZ_ITEM, n, 1, level, AssessorKind.MACHINE,
            utcnow(), organisation.id, None,
        )
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture
def match_round(db, cast, posting):
    """Of the cast's university, open since a week, with the one posting in it."""
    now = utcnow()
    made = rounds.create(
        cast.university, "春季匹配", "Spring round", now - timedelta(days=7), now + timedelta(days=7), by=None
    )
    rounds.add_postings(made, [posting], now, today())
    db.session.commit()
    return made


@pytest.fixture
def both_apply(db, cast, posting, match_round):
    """The student and the stranger want the one seat; the stranger has shown what it asks for."""
    posting.seats = 1
    skills.record_evidence(shows(cast.other_student, "CC02", 2, 14, cast.university), as_of=today())
    for student in (cast.student, cast.other_student):
        applications.apply(student, profile_of(student), posting, "", utcnow(), today())
    db.session.commit()
    return application_of(db, cast.student), application_of(db, cast.other_student)


def application_of(db, student):
    return db.session.query(Application).filter_by(student_id=student.id).one()


def close(db, match_round):
    match_round.closes_at = utcnow() - timedelta(minutes=1)
    db.session.commit()


# ---- announcing


def test_a_coordinator_announces_a_round_and_its_seed_is_public_at_once(client_of, db, cast):
    opens = utcnow().astimezone(ZONE).replace(tzinfo=None, microsecond=0)
    client = client_of(cast.coordinator)
    form = {"title_zh": "春季匹配", "title_en": "Spring", "opens_at": opens.isoformat(timespec="minutes")}
    form["closes_at"] = (opens + timedelta(days=9)).isoformat(timespec="minutes")
    form |= {"students_from": "university", "postings_from": "open", "most_choices": "12"}
    client.post("/organisations/demo-university/rounds/new/", data=form)
    made = db.session.query(MatchRound).one()
    assert (made.students_from, made.most_choices) == (StudentScope.UNIVERSITY, 12)
    assert made.seed in page(client_of(cast.student), f"/rounds/{made.id}/", language="en").text


def test_a_round_does_not_close_before_it_opens(client_of, db, cast):
    form = {"title_zh": "春季匹配", "opens_at": "2030-03-02T09:00", "closes_at": "2030-03-01T09:00"}
    answer = client_of(cast.coordinator).post("/organisations/demo-university/rounds/new/", data=form)
    assert answer.status_code == 200
    assert not db.session.query(MatchRound).count()


def test_the_organiser_invites_an_open_posting_and_takes_it_out_again(client_of, db, cast, posting, match_round):
    client = client_of(cast.coordinator)
    client.post(f"/rounds/{match_round.id}/postings/{posting.id}/removal/")
    assert not db.session.query(RoundPosting).count()
    client.post(f"/rounds/{match_round.id}/postings/", data={"posting": str(posting.id)})
    assert db.session.query(RoundPosting).one().part is Part.INVITED


def test_a_posting_takes_part_in_one_round(db, cast, posting, match_round):
    now = utcnow()
    other = rounds.create(cast.other_university, "另一轮", "", now, now + timedelta(days=1), by=None)
    with pytest.raises(rounds.PostingTaken):
        rounds.add_postings(other, [posting], now, today())


@pytest.mark.parametrize("who", ["student", "recruiter", "other_coordinator"])
def test_only_the_organiser_runs_a_round(client_of, db, cast, match_round, both_apply, who):
    close(db, match_round)
    assert client_of(getattr(cast, who)).post(f"/rounds/{match_round.id}/run/").status_code == 404
    assert match_round.status is RoundStatus.OPEN


def test_signed_out_people_do_not_read_a_round(client, match_round):
    assert "/sign-in/" in client.get(f"/rounds/{match_round.id}/").headers["Location"]


def test_an_enterprise_has_no_rounds(client_of, cast):
    assert client_of(cast.recruiter).get("/organisations/demo-enterprise/rounds/").status_code == 404


# ---- running


def test_an_open_round_is_not_run(client_of, db, cast, match_round, both_apply, run_jobs):
    client_of(cast.coordinator).post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    db.session.refresh(match_round)
    assert match_round.status is RoundStatus.OPEN


def test_a_trial_keeps_nothing(client_of, db, cast, match_round, both_apply, run_jobs):
    client = client_of(cast.coordinator)
    client.post(f"/rounds/{match_round.id}/trials/")
    run_jobs()
    shown = page(client, f"/rounds/{match_round.id}/", language="en")
    assert "1 of 2 students would get one of 1 seats" in shown.text
    assert not db.session.query(Placement).count()
    assert both_apply[0].is_open


def test_the_better_fit_gets_the_seat_and_the_other_reads_why(
    client_of, db, cast, posting, match_round, both_apply, run_jobs
):
    close(db, match_round)
    client_of(cast.coordinator).post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    lost, won = both_apply
    db.session.refresh(lost)
    db.session.refresh(won)
    db.session.refresh(posting)
    assert (won.status, lost.status) == (ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED)
    assert posting.seats_filled == 1
    placement = db.session.query(Placement).one()
    assert (placement.student_id, placement.starts_on) == (cast.other_student.id, posting.starts_on)
    explanations.add_to([lost])
    assert lost.outcome["rank"] == 2
    text = page(client_of(cast.student), "/applications/", language="en").text
    assert "filled with 1 person it ranked above you; your rank there was 2" in text
    assert "shown at level 2 your rank would have been" in text


def test_the_enterprise_reads_who_has_a_seat_and_why(client_of, db, cast, posting, match_round, both_apply, run_jobs):
    close(db, match_round)
    client_of(cast.coordinator).post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    address = f"/organisations/demo-enterprise/postings/{posting.id}/applicants/"
    shown = page(client_of(cast.recruiter), address, language="en")
    assert shown.h1 == "1 applicant has a place here"
    first, second = shown.words(".items li")
    assert cast.other_student.name in first
    assert "rank 1 by fit" in first
    assert cast.student.name in second
    assert "rank 2 by fit" in second


def test_two_clicks_run_a_round_once(client_of, db, cast, posting, match_round, both_apply, run_jobs):
    close(db, match_round)
    client = client_of(cast.coordinator)
    for _click in range(2):
        client.post(f"/rounds/{match_round.id}/run/")
        run_jobs()
    db.session.refresh(posting)
    assert (db.session.query(Placement).count(), posting.seats_filled) == (1, 1)
    assert db.session.query(AuditEntry).filter_by(action="round.run").count() == 1


def test_everybody_of_a_round_is_told_by_mail_once(client_of, db, cast, match_round, both_apply, run_jobs):
    close(db, match_round)
    for _click in range(2):
        client_of(cast.coordinator).post(f"/rounds/{match_round.id}/run/")
        run_jobs()
    told = sorted(db.session.scalars(sa.select(Mail.recipient)))
    assert told == sorted([cast.student.email, cast.other_student.email])


def test_closing_early_is_visible_in_the_trail(client_of, db, cast, match_round, both_apply, run_jobs):
    client = client_of(cast.coordinator)
    client.post(f"/rounds/{match_round.id}/closure/")
    client.post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    db.session.refresh(match_round)
    assert match_round.status is RoundStatus.RELEASED
    assert db.session.query(AuditEntry).filter_by(action="round.close").count() == 1


def test_who_may_not_be_an_intern_is_left_out_with_the_reason(client_of, db, cast, match_round, both_apply, run_jobs):
    db.session.get(StudentProfile, cast.other_student.id).year = 1
    db.session.get(StudentProfile, cast.other_student.id).birth_month = today() - timedelta(days=365 * 14)
    close(db, match_round)
    client_of(cast.coordinator).post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    won, left_out = both_apply
    db.session.expire_all()
    assert won.status is ApplicationStatus.MATCHED
    explanations.add_to([left_out])
    assert "under_16" in left_out.outcome["reasons"]
    assert "16" in page(client_of(cast.other_student), "/applications/", language="en").text


def test_whoever_has_a_placement_in_these_weeks_gets_no_second_one(db, cast, posting, match_round, both_apply):
    close(db, match_round)
    season_runs.run(match_round, by=None, now=utcnow(), today=today())
    again = postings.create(
        cast.enterprise,
        {name: getattr(posting, name) for name in postings.FIELDS},
        [postings.Asked("LG01", 1)],
        by=None,
        now=utcnow(),
    )
    postings.publish(again, by=None, now=utcnow(), today=today())
    db.session.flush()
    with pytest.raises(applications.NotEligible):
        applications.apply(cast.other_student, profile_of(cast.other_student), again, "", utcnow(), today())
    assert applications.apply(cast.student, profile_of(cast.student), again, "", utcnow(), today()).is_open


def test_ranked_by_hand_takes_only_those_with_a_number(db, cast, posting, match_round, both_apply):
    posting.ranked_by, posting.seats = RankedBy.HAND, 2
    numbered, unnumbered = both_apply
    applications.rank_by_hand(posting, both_apply, {numbered.id: 1, unnumbered.id: None})
    close(db, match_round)
    season_runs.run(match_round, by=None, now=utcnow(), today=today())
    assert (numbered.status, unnumbered.status) == (ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED)
    explanations.add_to([unnumbered])
    assert unnumbered.outcome["outcome"] == "not_ranked_by_posting"
    assert db.session.query(Placement).one().student_id == cast.student.id


def test_a_round_without_applications_stays_open(client_of, db, cast, match_round, run_jobs):
    close(db, match_round)
    client_of(cast.coordinator).post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    db.session.refresh(match_round)
    assert match_round.status is RoundStatus.OPEN


def test_the_record_replays_by_the_doors_to_the_same(
    app, client_of, db, cast, match_round, both_apply, tmp_path, run_jobs
):
    close(db, match_round)
    client = client_of(cast.coordinator)
    client.post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    record = json.loads(client.get(f"/rounds/{match_round.id}/record/").get_data(as_text=True))
    (tmp_path / "checked.json").write_text(json.dumps(record))
    checked = app.test_cli_runner().invoke(args=["internships", "check", str(tmp_path / "checked.json")])
    assert checked.exit_code == 0, checked.output
    (tmp_path / "again.json").write_text(json.dumps({side: record[side] for side in ("students", "postings")}))
    replayed = app.test_cli_runner().invoke(args=["internships", "match", str(tmp_path / "again.json")])
    assert json.loads(replayed.output)["matching"] == record["matching"]
    assert cast.student.name not in json.dumps(record, ensure_ascii=False)


def test_only_the_organiser_takes_the_record(client_of, db, cast, match_round, both_apply):
    close(db, match_round)
    season_runs.run(match_round, by=None, now=utcnow(), today=today())
    db.session.commit()
    assert client_of(cast.student).get(f"/rounds/{match_round.id}/record/").status_code == 404
    assert client_of(cast.other_coordinator).get(f"/rounds/{match_round.id}/record/").status_code == 404


def test_everybody_signed_in_reads_the_result_and_what_holds_of_it(client_of, db, cast, match_round, both_apply):
    close(db, match_round)
    season_runs.run(match_round, by=None, now=utcnow(), today=today())
    db.session.commit()
    for language, words in (("en", "no unstable pair exists"), ("zh", match_round.seed)):
        shown = page(client_of(cast.other_recruiter), f"/rounds/{match_round.id}/", language=language)
        assert words in shown.text
        assert cast.student.name not in shown.text


def test_three_students_and_two_postings_are_matched_stably_and_each_hears_of_their_own(
    client_of, db, cast, posting, match_round, run_jobs
):
    """Both enterprises like the first best and the third least; the first wants the other posting more."""
    day, now = today(), utcnow()
    third = accounts.create_person("student-3@demo.example", "高远")
    accounts.join(third, cast.university, Role.STUDENT, day - timedelta(days=400))
    db.session.flush()
    profile = profile_of(cast.student)
    db.session.add(
        StudentProfile(
            person_id=third.id,
            major=profile.major,
            year=profile.year,
            graduates_on=profile.graduates_on,
            birth_month=profile.birth_month,
        )
    )
    values = {name: getattr(posting, name) for name in postings.FIELDS}
    other = postings.create(cast.enterprise, values, [postings.Asked("LG01", 1)], by=None, now=now)
    postings.publish(other, by=None, now=now, today=day)
    db.session.flush()
    rounds.add_postings(match_round, [other], now, day)
    first, second = cast.student, cast.other_student
    # Students in the order of both enterprises; each posting has one seat and ranks by hand.
    wishes = {first: [other, posting], second: [posting, other], third: [posting, other]}
    for one in (posting, other):
        one.ranked_by, one.seats = RankedBy.HAND, 1
    for student, wanted in wishes.items():
        for one in wanted:
            applications.apply(student, profile_of(student), one, "", now, day)
    for one in (posting, other):
        applied = db.session.query(Application).filter_by(posting_id=one.id).all()
        places = {student.id: place for place, student in enumerate(wishes, start=1)}
        applications.rank_by_hand(one, applied, {made.id: places[made.student_id] for made in applied})
    close(db, match_round)
    client_of(cast.coordinator).post(f"/rounds/{match_round.id}/run/")
    run_jobs()
    db.session.expire_all()
    placed = {one.student_id: one.posting_id for one in db.session.query(Placement)}
    assert placed == {first.id: other.id, second.id: posting.id}
    made = db.session.query(Application).all()
    explanations.add_to(made)
    outcomes = {(one.student_id, one.posting_id): one.outcome["outcome"] for one in made}
    assert outcomes == {
        (first.id, other.id): "matched",
        (first.id, posting.id): "placed_higher",
        (second.id, posting.id): "matched",
        (second.id, other.id): "placed_higher",
        (third.id, posting.id): "filled_above",
        (third.id, other.id): "filled_above",
    }
    assert match_round.record["counts"]["blocking_pairs"] == 0
    inputs = season_files.inputs_of(match_round.inputs_sha256)
    record = season_runs.as_doors(inputs, season_files.result_of(match_round.result_sha256))
    replayed = instance.parse(record)
    again = matching.match(replayed.students, replayed.strict())
    assert {name: list(members) for name, members in again.by_posting.items()} == record["matching"]
    assert "2 of 3 students have a place" in page(client_of(third), f"/rounds/{match_round.id}/", language="en").h1


# ---- between closing and the run nothing moves


def test_after_closing_nobody_applies_any_more(client_of, db, cast, posting, match_round):
    close(db, match_round)
    client = client_of(cast.student)
    client.post(f"/postings/{posting.id}/applications/", data={})
    assert not db.session.query(Application).count()
    assert "Its match round has closed" in page(client, f"/postings/{posting.id}/", language="en").text


def test_after_closing_the_enterprise_neither_declines_nor_ranks(client_of, db, cast, posting, match_round, both_apply):
    posting.ranked_by = RankedBy.HAND
    close(db, match_round)
    client, one = client_of(cast.recruiter), both_apply[0]
    applicants = f"/organisations/demo-enterprise/postings/{posting.id}/applicants/"
    client.post(f"{applicants}{one.id}/refusal/", data={"reason": "Changed our minds."})
    client.post(f"{applicants}order/", data={f"rank-{one.id}": "1"})
    db.session.refresh(one)
    assert (one.status, one.posting_rank) == (ApplicationStatus.OPEN, None)


def test_after_closing_the_posting_is_not_rewritten(client_of, db, cast, posting, match_round):
    close(db, match_round)
    values = {name: getattr(posting, name) for name in postings.FIELDS}
    with pytest.raises(postings.RoundIsDeciding):
        postings.revise(posting, values, [postings.Asked("LG01", 4)], by=None, now=utcnow())


def test_after_closing_the_organiser_changes_no_posting(db, cast, posting, match_round):
    close(db, match_round)
    with pytest.raises(rounds.RoundClosed):
        rounds.remove_posting(match_round, posting, by=cast.coordinator, now=utcnow())
    with pytest.raises(rounds.RoundClosed):
        rounds.add_postings(match_round, [posting], utcnow(), today())


def test_until_the_run_a_student_may_still_withdraw(client_of, db, cast, match_round, both_apply):
    close(db, match_round)
    client_of(cast.student).post(f"/applications/{both_apply[0].id}/withdrawal/")
    season_runs.run(match_round, by=None, now=utcnow(), today=today())
    assert both_apply[0].status is ApplicationStatus.WITHDRAWN
    assert both_apply[1].status is ApplicationStatus.MATCHED


def test_a_withdrawal_that_comes_after_the_run_changes_nothing(db, match_round, both_apply):
    close(db, match_round)
    season_runs.run(match_round, by=None, now=utcnow(), today=today())
    db.session.commit()
    with pytest.raises(applications.ApplicationOver):
        applications.withdraw(both_apply[1], utcnow())
    assert both_apply[1].status is ApplicationStatus.MATCHED


def test_every_refusal_of_a_round_is_a_sentence(app):
    with app.test_request_context():
        said = [kind().sentence() for module in (rounds, applications, postings) for kind in refusals(module)]
    assert len(said) > 10
    assert all(sentence.endswith(".") or "。" in sentence for sentence in said)


def refusals(module):
    """The refusals that a module of services defines."""
    kinds = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Refused)]
    return [one for one in kinds if one is not Refused]


# ---- cost


def test_a_round_costs_the_same_with_many_postings(client_of, db, cast, posting, match_round, statements):
    client = client_of(cast.coordinator)
    values = {name: getattr(posting, name) for name in postings.FIELDS}

    def add(number):
        again = postings.create(cast.enterprise, values, [postings.Asked("LG01", 1)], by=None, now=utcnow())
        postings.publish(again, by=None, now=utcnow(), today=today())
        db.session.flush()
        if number % 2:
            rounds.add_postings(match_round, [again], utcnow(), today())

    add(0)
    client.get(f"/rounds/{match_round.id}/")
    with statements() as few:
        client.get(f"/rounds/{match_round.id}/")
    for number in range(1, 19):
        add(number)
    db.session.commit()
    assert db.session.query(Posting).count() == 20
    with statements() as many:
        client.get(f"/rounds/{match_round.id}/")
    assert len(many) == len(few)
