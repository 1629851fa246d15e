"""A published ranking: its places, a place opened into its marks, and the file from which anyone can rank again."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, Response, abort, render_template, request
from flask_login import current_user

from app.accounts.guards import public
from app.assessment.models import RubricMark
from app.i18n import language
from competitions import policies, queries
from competitions.models import Competition, Team
from competitions.services.results import entry_name

bp = Blueprint("rankings", __name__, url_prefix="/competitions/<int:competition_id>/ranking")
PER_PAGE = 25
COLUMNS = ("entry", "judge", "criterion", "mark")


@dataclass(frozen=True)
class Places:
    """A page of places; how many there are stands in the competition's record, so that nothing is counted."""

    page: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.per_page)

    @property
    def first(self) -> int:
        """The first place on the page."""
        return (self.page - 1) * self.per_page + 1

    @property
    def last(self) -> int:
        """The last place on the page."""
        return min(self.page * self.per_page, self.total)

    @property
    def has_prev(self) -> bool:
        """Whether there is a page before."""
        return self.page > 1

    @property
    def has_next(self) -> bool:
        """Whether there is a page after."""
        return self.page < self.pages

    @property
    def prev_num(self) -> int:
        """The number of the page before."""
        return self.page - 1

    @property
    def next_num(self) -> int:
        """The number of the page after."""
        return self.page + 1

    def iter_pages(self, **_edges: int) -> list[int | None]:
        """The pages to link: the first, those around this one, the last; None stands for a gap."""
        near = sorted({1, self.page - 1, self.page, self.page + 1, self.pages} & set(range(1, self.pages + 1)))
        linked: list[int | None] = []
        for number in near:
            if linked and linked[-1] is not None and number > linked[-1] + 1:
                linked.append(None)
            linked.append(number)
        return linked


@bp.route("/")
@public
def show(competition_id: int) -> str:
    """The places: corrected total with its uncertainty, raw total beside it, means per criterion."""
    competition = published(competition_id)
    total = int(competition.record["entries"])
    own, in_english = own_team(competition), language() == "en"
    criteria = [criterion["name"] for criterion in competition.record["criteria"]]
    places = Places(min(max(1, request.args.get("page", 1, type=int)), max(1, -(-total // PER_PAGE))), total)
    return render_template(
        "competitions/rankings/show.html",
        competition=competition,
        record=competition.record,
        page=places,
        rows=[
            (
                row.place or "–",
                row.number,
                row.team,
                (in_english and row.name_en) or row.name_zh,
                written(row.total),
                None if row.sd is None else written(row.sd),
                written(row.raw),
                [row.criteria[criterion]["mean"] or "–" for criterion in criteria],
            )
            for row in queries.places(competition.id, places.page, PER_PAGE)
        ],
        own_number=own.number if own is not None else None,
    )


@bp.route("/<int:number>/")
@public
def place(competition_id: int, number: int) -> str:
    """A place opened into what it was made from. Comments are for the team itself."""
    competition = published(competition_id)
    result = queries.result_of(competition.id, number) or abort(404)
    is_own = current_user.is_authenticated and policies.is_member(current_user, result.team)
    return render_template(
        "competitions/rankings/place.html",
        competition=competition,
        record=competition.record,
        result=result,
        judges={judge["name"]: judge for judge in competition.record["judges"]},
        is_own=is_own,
        comments=comments_by_criterion(competition, result.team) if is_own else {},
        written=written,
    )


@bp.route("/marks.csv")
@public
def marks(competition_id: int) -> Response:
    """All marks under pseudonyms, as `flask competitions rank` takes them."""
    competition = published(competition_id)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, criteria in queries.all_results(competition.id):
        for criterion, found in criteria.items():
            for judge, mark in found["marks"].items():
                writer.writerow((entry_name(number), judge, criterion, mark))
    response = Response(text.getvalue(), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"marks-{competition.id}.csv")
    return response


def published(competition_id: int) -> Competition:
    """A competition whose ranking is public; else 404."""
    competition = queries.competition_with_organiser(competition_id)
    return competition if competition is not None and competition.is_published else abort(404)


def own_team(competition: Competition) -> Team | None:
    """The team of the signed-in person."""
    return queries.team_of(competition.id, current_user.id) if current_user.is_authenticated else None


def comments_by_criterion(competition: Competition, team: Team) -> dict[str, list[tuple[str, str]]]:
    """What judges wrote about a team's entry, each under the pseudonym: {criterion: [(judge, comment)]}."""
    criteria = {criterion["row"]: criterion["name"] for criterion in competition.record["criteria"]}
    names = queries.pseudonyms(competition)
    found: dict[str, list[tuple[str, str]]] = {}
    for mark in queries.comments_on(team.id):
        if counts(mark, names):
            found.setdefault(criteria[mark.row_id], []).append((names[mark.marker_id], mark.comment))
    return found


def counts(mark: RubricMark, names: dict[int, str]) -> bool:
    """Whether a mark is one of the published ones: finished, by a judge of the ranking."""
    return mark.is_final and mark.marker_id in names


def written(value: Decimal | float | None) -> str:
    """A total as it is printed; the same in all our languages, so that a long list need not ask for the language."""
    return "–" if value is None else f"{value:.2f}"
