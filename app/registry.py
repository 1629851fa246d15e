"""The seams: how a feature offers something to those below it or beside it, which never import it.

Each seam arrives with its first user:

- `nav`: entries of the rail, for whom they are.
- `panels`: parts of a person's first page.
- `demands`: open seats by skill and level (offered by internships, read by courses for what to learn next).
- `skill_sources`: lessons that would supply a skill (offered by courses, read by internships).
- `evidence_links`: where an evidence row came from (offered by each feature, read by the passport).
- `acceptances`: what follows when somebody accepts an invitation (offered by courses, called by accounts).
- `deadlines`: what is due or happens within a time, for one person (offered by features, read by the calendar).
- `seeders`: what a feature adds to the demo world, in order.
- `sitemaps`: public pages that search engines are told of (offered by packages with such pages, read by `app.home`).
- `organisation_parts`: what a feature adds to an organisation's public page (offered by features, read by accounts).
- `search_sources`: kinds of things that can be found, and who may find them (offered by features, read by search).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app


@dataclass(frozen=True)
class NavEntry:
    """One line of the rail. `entries(person)` yields (label, url, icon) for each thing this person may open."""

    order: int
    entries: Callable[[Any], list["NavLink"]]


@dataclass(frozen=True)
class NavLink:
    """A label (translated), an address and the name of an icon."""

    label: str
    url: str
    icon: str


@dataclass(frozen=True)
class NextStep:
    """What a person's first page puts first: one sentence, one button."""

    kicker: str
    title: str
    text: str
    action: str
    url: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Panel:
    """A part of the first page. `build(person, today)` gives a template and its values, or None for nobody's business.

    `place` is `main` or `side`. A panel whose view proposes a `NextStep` competes for the top card: the lowest
    order wins.
    """

    order: int
    place: str
    build: Callable[[Any, date], "PanelView | None"]


@dataclass(frozen=True)
class PanelView:
    """The template of a panel, its values, and the next step that it proposes, if any."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    next: NextStep | None = None


@dataclass(frozen=True)
class SkillSource:
    """A lesson that would supply a skill at a level."""

    skill: str
    level: int
    title: str
    url: str
    minutes: int


@dataclass(frozen=True)
class EvidenceLink:
    """What an evidence row came from, in words, and its page for those who may open it."""

    title: str
    url: str | None


@dataclass(frozen=True)
class SearchSource:
    """One kind of thing that can be found.

    `readable(person)` is a condition on entries of the index: those of this kind that the person may find; None where
    there can be none. `url(entry)` is where a thing found is read; `entries()` yields all that there is to index.
    """

    kind: str
    label: Callable[[], str]
    icon: str
    readable: Callable[[Any], Any]
    url: Callable[[Any], str]
    entries: Callable[[], Iterable[Any]]


@dataclass(frozen=True)
class Sitemap:
    """Public pages of one kind, in the order of their ids.

    `pages(after, count)` gives (id, address, last change) of at most `count` of those with ids above `after`;
    `step(after, count)` the id of the one that stands `count` places after, None where there are fewer.
    """

    kind: str
    pages: Callable[[int, int], list[tuple[int, str, datetime | None]]]
    step: Callable[[int, int], int | None]


@dataclass(frozen=True)
class Deadline:
    """What stands in a person's calendar: something that is due, opens, begins or ends at a moment, or on a day.

    `uid` stays the same when the moment is moved, so that a calendar program moves its entry too. `kind` is a word for
    what happens ("Due"), `text` says where it belongs. `is_done`: nothing is left to do about it.
    """

    uid: str
    at: datetime | date
    kind: str
    title: str
    text: str
    url: str
    is_due: bool = False
    is_done: bool = False


@dataclass
class Registry:
    """What the features of one application have offered."""

    nav: list[NavEntry] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    demands: list[Callable[[date], Mapping[tuple[str, int], int]]] = field(default_factory=list)
    skill_sources: list[Callable[[Any, Sequence[str]], list[SkillSource]]] = field(default_factory=list)
    evidence_links: dict[str, Callable[[Any, Sequence[int]], dict[int, EvidenceLink]]] = field(default_factory=dict)
    acceptances: list[Callable[[Any, Any, datetime], None]] = field(default_factory=list)
    deadlines: list[Callable[[Any, datetime, datetime], list[Deadline]]] = field(default_factory=list)
    seeders: list[tuple[int, str, Callable[[Any], None]]] = field(default_factory=list)
    search_sources: list[SearchSource] = field(default_factory=list)
    sitemaps: list[Sitemap] = field(default_factory=list)
    organisation_parts: list[Callable[[Any, Any], "PanelView | None"]] = field(default_factory=list)


def registry(app: Any = None) -> Registry:
    """The registry of `app`, by default of the current application."""
    found: Registry = (app or current_app).extensions["registry"]
    return found
