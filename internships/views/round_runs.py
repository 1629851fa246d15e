"""A match round's run: tried, matched, shown, replayed, and handed out as files."""

import json
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, send_file, url_for
from flask_babel import gettext as _

from app import jobs
from app.accounts.guards import me, roles
from app.accounts.services import link_to
from app.clock import received
from app.db import db
from internships.policies import ORGANISERS
from internships.services import season_files, season_runs
from internships.views.rounds import own

bp = Blueprint("round_runs", __name__)
MOST_IN_JSON = 200_000  # choices; more would be read by a program, which takes the archives


def _back(round_id: int) -> Any:
    return redirect(url_for("internships.rounds.show", round_id=round_id), 303)


def _link() -> str:
    return link_to("internships.applications.index")


@bp.route("/rounds/<int:round_id>/trials/", methods=["POST"])
@roles(*ORGANISERS)
def attempt(round_id: int) -> Any:
    """Let a job say what a run would give now, in numbers."""
    match_round = own(round_id)
    if match_round.is_settled:
        raise season_runs.RoundAlreadyRun
    season_runs.enqueue(match_round, season_runs.TRIAL, _link(), by=me())
    db.session.commit()
    return _back(round_id)


@bp.route("/rounds/<int:round_id>/run/", methods=["POST"])
@roles(*ORGANISERS)
def run(round_id: int) -> Any:
    """Settle the round and let a job match it, once; a second click changes nothing."""
    match_round = own(round_id)
    if not match_round.result_sha256:
        season_runs.start(match_round, _link(), by=me(), now=received())
        flash(_("The round is being matched. Nothing that it reads can change any more."), "success")
    db.session.commit()
    return _back(round_id)


@bp.route("/rounds/<int:round_id>/release/", methods=["POST"])
@roles(*ORGANISERS)
def release(round_id: int) -> Any:
    """Show the result to all at once, when its moment has come; the worker does the same by itself."""
    match_round = own(round_id)
    if season_runs.release(match_round, now=received()):
        arguments = {"round": round_id, "link": _link()}
        jobs.enqueue(season_runs.TELL, arguments, actor_id=me().id, organisation_id=match_round.organisation_id)
    db.session.commit()
    flash(_("Everybody sees the result now, and is told by mail."), "success")
    return _back(round_id)


@bp.route("/rounds/<int:round_id>/replays/", methods=["POST"])
@roles(*ORGANISERS)
def replay(round_id: int) -> Any:
    """Let a job match again from the stored inputs and compare the bytes."""
    match_round = own(round_id)
    if not match_round.result_sha256:
        abort(404)
    season_runs.enqueue(match_round, season_runs.REPLAY, _link(), by=me())
    db.session.commit()
    return _back(round_id)


@bp.route("/rounds/<int:round_id>/files/<any(inputs, result):name>/")
@roles(*ORGANISERS)
def archive(round_id: int, name: str) -> Response:
    """What was matched, or what came out, as it is kept; people by number only."""
    match_round = own(round_id)
    if not match_round.is_released or not match_round.result_sha256:
        abort(404)
    path = season_files.path_of(match_round.inputs_sha256 if name == "inputs" else match_round.result_sha256)
    if not path.is_file():
        raise season_files.SeasonFileGone
    return send_file(path, "application/zip", as_attachment=True, download_name=f"round-{round_id}-{name}.npz")


@bp.route("/rounds/<int:round_id>/record/")
@roles(*ORGANISERS)
def record(round_id: int) -> Response:
    """What was matched, as `flask internships match` and `flask internships check` read it; people by number only."""
    match_round = own(round_id)
    if not match_round.is_released:
        abort(404)
    if match_round.result_sha256:
        inputs = season_files.inputs_of(match_round.inputs_sha256)
        if len(inputs.posting) > MOST_IN_JSON:
            abort(404)
        whole = season_runs.as_doors(inputs, season_files.result_of(match_round.result_sha256))
    else:  # a round of before, which kept its record in the table
        whole = match_round.record["instance"] | {"matching": match_round.record["matching"]}
    answer = Response(json.dumps(whole, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="round-{round_id}.json"'
    return answer
