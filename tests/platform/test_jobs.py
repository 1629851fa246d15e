"""Long work: a job is a row in the same transaction as its cause, and what goes wrong is kept where people see it."""

from datetime import timedelta

import pytest

from app import jobs
from app.db import utcnow
from app.jobs import Job, JobStatus


@pytest.fixture
def kinds(app):
    """A kind that works, one that fails, and what they were called with."""
    seen = []

    def count(arguments, progress):
        seen.append(arguments)
        progress(3, 3, "counted")
        return {"total": 3}

    def fail(_arguments, _progress):
        raise ValueError("the file has no rows")

    jobs.task(app, "test.count", count)
    jobs.task(app, "test.fail", fail)
    yield seen
    del app.extensions["job_kinds"]["test.count"], app.extensions["job_kinds"]["test.fail"]


def test_a_job_runs_and_keeps_its_result(db, kinds, run_jobs):
    job = jobs.enqueue("test.count", {"what": "rows"})
    assert run_jobs() == 1
    db.session.refresh(job)
    assert (job.status, job.result, job.done, job.total) == (JobStatus.DONE, {"total": 3}, 3, 3)
    assert kinds == [{"what": "rows"}]
    assert run_jobs() == 0


def test_a_job_that_fails_says_why(db, kinds, run_jobs):
    job = jobs.enqueue("test.fail", {})
    run_jobs()
    db.session.refresh(job)
    assert job.status is JobStatus.FAILED
    assert "the file has no rows" in job.error


def test_a_job_whose_worker_died_is_taken_again(db, kinds, run_jobs):
    job = jobs.enqueue("test.count", {})
    job.status, job.touched_at, job.tries = JobStatus.RUNNING, utcnow() - timedelta(hours=1), 1
    assert run_jobs() == 1
    db.session.refresh(job)
    assert job.status is JobStatus.DONE


def test_a_job_that_kills_its_workers_is_given_up(db, kinds, run_jobs):
    job = jobs.enqueue("test.count", {})
    job.status, job.touched_at, job.tries = JobStatus.RUNNING, utcnow() - timedelta(hours=1), jobs.MAX_TRIES
    run_jobs()
    db.session.refresh(job)
    assert job.status is JobStatus.FAILED
    assert kinds == []


def test_a_job_of_an_unknown_kind_is_refused_at_once(db):
    with pytest.raises(LookupError):
        jobs.enqueue("test.unheard-of", {})


def test_a_job_that_was_not_committed_never_runs(db, kinds, run_jobs):
    jobs.enqueue("test.count", {})
    db.session.rollback()
    assert run_jobs() == 0
    assert not db.session.query(Job).count()
