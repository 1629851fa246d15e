"""Questions for other systems: see what the format cannot hold, then fetch the file."""

from flask import Blueprint, Response, render_template, request

from app.accounts.guards import organisation_for, roles
from app.assessment import queries
from app.assessment.models import Question
from app.assessment.policies import AUTHORS
from app.assessment.services import exports
from app.assessment.services.exports import MEDIA_TYPES, SUFFIXES, ExportType
from app.assessment.views.questions import bank_filters
from app.i18n import language
from app.reference import queries as reference

bp = Blueprint("exports", __name__, url_prefix="/organisations/<slug>/questions/export")
SHOWN = 200


@bp.route("/")
@roles(*AUTHORS)
def show(slug: str) -> str:
    """What the file would hold of the questions that the filters leave, and what it would not."""
    organisation = organisation_for(slug, *AUTHORS)
    file_type, spoken = _wanted()
    export = exports.export(_found(organisation.id), file_type, spoken)
    return render_template(
        "assessment/exports/show.html",
        organisation=organisation,
        export=export,
        left_out=export.left_out[:SHOWN],
        file_type=file_type,
        file_types=list(ExportType),
        spoken=spoken,
        skill_names=reference.skill_names(language()),
        most=exports.MOST,
    )


@bp.route("/file/")
@roles(*AUTHORS)
def download(slug: str) -> Response:
    """The file."""
    organisation = organisation_for(slug, *AUTHORS)
    file_type, spoken = _wanted()
    export = exports.export(_found(organisation.id), file_type, spoken)
    response = Response(export.content, content_type=MEDIA_TYPES[file_type])
    response.headers.set("Content-Disposition", "attachment", filename=f"{slug}-questions.{SUFFIXES[file_type]}")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _wanted() -> tuple[ExportType, str]:
    """Format and language, by the address; GIFT and the reader's own where it names none."""
    given, spoken = request.args.get("type", ""), request.args.get("language", "")
    file_type = ExportType(given) if given in list(ExportType) else ExportType.GIFT
    return file_type, spoken if spoken in ("zh", "en") else language()


def _found(organisation_id: int) -> list[Question]:
    """In the order in which they were written."""
    query = queries.bank_of(organisation_id, **bank_filters())
    return list(reversed(queries.questions_found(query, exports.MOST)))
