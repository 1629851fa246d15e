"""Why a season gave what it gave: read from its files when somebody asks, for the few applications on a page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from internships import queries
from internships.models import Application, ApplicationStatus
from internships.rules import season
from internships.rules.eligibility import reasons_in
from internships.rules.fit import Fit, Need, Posterior, fit
from internships.rules.matching import Outcome
from internships.services import season_files

DECIDED = (ApplicationStatus.MATCHED, ApplicationStatus.NOT_MATCHED)


def add_to(applications: Sequence[Application]) -> None:
    """Put into `outcome` of applications that a season decided what its files say of them; it is not written back.

    One statement, whatever the number; the files are read at the places of these students alone. Without its file an
    application keeps an empty outcome.
    """
    wanted = [one for one in applications if one.status in DECIDED and not one.outcome]
    if not wanted:
        return
    rounds = queries.rounds_of_decided({one.posting_id for one in wanted})
    for application in wanted:
        for posting_id, _round_id, inputs_digest, result_digest in rounds:
            if posting_id != application.posting_id:
                continue
            try:
                told = _told(application, season_files.inputs_of(inputs_digest), season_files.result_of(result_digest))
            except season_files.SeasonFileGone:
                continue
            if told is not None:
                set_committed_value(application, "outcome", told)
                break


def _told(application: Application, inputs: season.Inputs, result: season.Result) -> dict[str, Any] | None:
    if bits := season.reasons_of(inputs, application.id):
        return {"outcome": "ineligible", "reasons": [reason.value for reason in reasons_in(bits)]}
    choice = season.choice_of(inputs, application.student_id, application.posting_id)
    if choice is None or int(inputs.application[choice]) != application.id:
        return None
    told = season.tell(inputs, result, choice)
    outcome = told.as_outcome()
    if told.outcome == Outcome.FILLED_ABOVE and season.ranks_by_fit(inputs, choice):
        outcome["what_if"] = _what_if(inputs, result, choice)
    return outcome


def _what_if(inputs: season.Inputs, result: season.Result, choice: int) -> dict[str, Any] | None:
    """The one missing skill that would have moved the student up most, by the evidence of that day."""
    needs, has = _evidence(inputs, choice)
    best: dict[str, Any] | None = None
    for item in fit(needs, has).missing:
        raised: Fit = fit(needs, has, {item.skill: item.required})
        rank = season.rank_with(inputs, result, choice, raised.score)
        if best is None or rank < best["rank"]:
            best = {"skill": item.skill, "level": item.required, "rank": rank}
    return best


def _evidence(inputs: season.Inputs, choice: int) -> tuple[list[Need], dict[str, Posterior]]:
    """What the posting of a choice asked, and what its student had shown."""
    codes = bytes(inputs.skills).decode().split("\n")
    posting = int(inputs.posting[choice])
    first, last = int(inputs.need_offsets[posting]), int(inputs.need_offsets[posting + 1])
    needs = [
        Need(codes[int(inputs.need_skill[at])], int(inputs.need_level[at]), float(inputs.need_weight[at]))
        for at in range(first, last)
    ]
    student = int(inputs.offsets.searchsorted(choice, side="right")) - 1
    first, last = int(inputs.estimate_offsets[student]), int(inputs.estimate_offsets[student + 1])
    has = {
        codes[int(inputs.estimate_skill[at])]: Posterior(float(inputs.estimate_mean[at]), float(inputs.estimate_sd[at]))
        for at in range(first, last)
    }
    return needs, has
