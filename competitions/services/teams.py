"""Teams: enter, join by a link, leave, hand in."""

import hashlib
import secrets
from datetime import datetime
from typing import IO

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import IntegrityError

from app import audit
from app.accounts.models import Person
from app.assessment import queries as assessment
from app.assessment.models import HandIn
from app.assessment.services import work
from app.db import db
from app.errors import Refused
from competitions import queries
from competitions.models import Competition, Team, TeamMember

CHUNK = 1 << 20


class EntriesClosed(Refused):
    message = _l("Entries are not taken now. The competition’s page says when they are, by the server’s clock.")


class AlreadyInTeam(Refused):
    message = _l("You are already in another team of this competition. Leave it first.")


class TeamNameTaken(Refused):
    message = _l("Another team of this competition has this name.")


class TeamFull(Refused):
    message = _l("This team has as many members as the competition allows.")


class TeamTooSmall(Refused):
    message = _l(
        "A team needs at least %(least)s members before it can hand in. Send your join link to those still missing."
    )


class TeamNeedsYou(Refused):
    message = _l("The team has handed in and would be too small without you.")


class JoinLinkOver(Refused):
    message = _l("This link does not lead to a team, or a newer one has taken its place.")


# Entering and joining


def enter(
    competition: Competition,
    name: str,
    captain: Person,
    organisation_id: int,
    now: datetime,
    *,
    join_code: str = "",
) -> Team:
    """A new team under its captain; sent twice, it is entered once.

    Raises EntriesClosed, AlreadyInTeam, TeamNameTaken.
    """
    competition = queries.hold(competition.id)
    if not competition.takes_entries(now):
        raise EntriesClosed
    name = " ".join(name.split())
    present = queries.team_of(competition.id, captain.id)
    if present is not None:
        if present.name == name and present.captain_id == captain.id:
            return present
        raise AlreadyInTeam
    if queries.is_name_taken(competition.id, name):
        raise TeamNameTaken
    team = Team(
        competition_id=competition.id,
        number=queries.last_number(competition.id) + 1,
        name=name,
        organisation_id=organisation_id,
        captain_id=captain.id,
        join_code=join_code or secrets.token_urlsafe(12),
        entered_at=now,
    )
    db.session.add(team)
    db.session.flush()
    _add_member(team, captain, now)
    audit.record("team.enter", team, actor_id=captain.id, organisation_id=organisation_id)
    return team


def _links() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="team")


def join_token(team: Team) -> str:
    """The secret of the link by which members join a team."""
    token: str = _links().dumps([team.id, team.join_code])
    return token


def team_of_token(token: str) -> Team:
    """The team to which a join link leads. Raises JoinLinkOver."""
    try:
        team_id, join_code = _links().loads(token)
    except (BadSignature, ValueError) as error:
        raise JoinLinkOver from error
    team = queries.team_page(team_id)
    if team is None or team.join_code != join_code:
        raise JoinLinkOver
    return team


def renew_link(team: Team) -> None:
    """Make a new join link; the one before leads nowhere any more."""
    team.join_code = secrets.token_urlsafe(12)


def join(team: Team, person: Person, now: datetime) -> None:
    """Become a member; done twice it is done once. Raises EntriesClosed, AlreadyInTeam, TeamFull."""
    competition = queries.hold(team.competition_id, shared=True)
    held = _held(team)
    if not competition.takes_entries(now):
        raise EntriesClosed
    if any(member.person_id == person.id for member in held.members):
        return
    if len(held.members) >= competition.team_max:
        raise TeamFull
    _add_member(held, person, now)


def _add_member(team: Team, person: Person, now: datetime) -> None:
    """Add a row; whether the person is in another team is for the constraint to say, which no race gets past."""
    member = TeamMember(competition_id=team.competition_id, person_id=person.id, joined_at=now)
    try:
        with db.session.begin_nested():
            team.members.append(member)
            db.session.flush()
    except IntegrityError as error:
        raise AlreadyInTeam from error


def _held(team: Team) -> Team:
    found = queries.hold_team(team.id)
    if found is None:
        raise EntriesClosed
    return found


def leave(team: Team, person: Person, now: datetime) -> bool:
    """Leave before the deadline; returns whether the team goes on.

    The captain's part passes to the member who joined first; the last one out dissolves the team.
    Raises EntriesClosed, TeamNeedsYou.
    """
    competition = queries.hold(team.competition_id, shared=True)
    team = _held(team)
    if not competition.takes_entries(now):
        raise EntriesClosed
    leaving = next((member for member in team.members if member.person_id == person.id), None)
    if leaving is None:
        return True
    if team.handed_in_at is not None and len(team.members) <= competition.team_min:
        raise TeamNeedsYou
    audit.record("team.leave", team, actor_id=person.id, organisation_id=team.organisation_id)
    team.members.remove(leaving)
    if not team.members:
        db.session.delete(team)
    elif team.captain_id == person.id:
        team.captain_id = team.members[0].person_id
    db.session.flush()
    return bool(team.members)


# Handing in


def hand_in(team: Team, person: Person, stream: IO[bytes], name: str, note: str, received_at: datetime) -> HandIn:
    """Keep a file as the team's newest version; the same file with the same note, sent again, is kept once.

    `received_at` is the moment at which the whole request was there: it decides, and stands in the receipt. What this
    returns is accepted once the caller has committed.
    Raises EntriesClosed, TeamTooSmall, FileEmpty, FileKindRefused.
    """
    competition = queries.hold(team.competition_id, shared=True)
    team = _held(team)
    if not competition.takes_entries(received_at):
        raise EntriesClosed
    if len(team.members) < competition.team_min:
        raise TeamTooSmall(least=competition.team_min)
    newest = assessment.newest_hand_ins(queries.TEAM, [team.id]).get(team.id)
    if newest is not None and newest.note == note and newest.file.sha256 == _digest(stream):
        return newest
    handed_in = work.hand_in(queries.TEAM, team.id, person, stream, name, note, received_at)
    team.handed_in_at = received_at
    db.session.flush()
    audit.record(
        "team.hand-in", team, actor_id=person.id, organisation_id=team.organisation_id, receipt=handed_in.receipt
    )
    return handed_in


def _digest(stream: IO[bytes]) -> str:
    hasher = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        hasher.update(chunk)
    stream.seek(0)
    return hasher.hexdigest()
