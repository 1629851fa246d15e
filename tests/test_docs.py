"""What the documents promise: links that lead somewhere, settings and commands that exist, no address of a machine."""

import re

import pytest

from app.seeding.cast import PASSWORD
from app.seeding.cli import EVERYONE
from tests.test_house import name_of
from tools.steps import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# A folder of one machine, where a path begins; `templates/home/` is none.
MACHINE = re.compile(r"(?<![\w.>])/(?:work|root|home|tmp|Users)/")
REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.|npmmirror", re.IGNORECASE)
COMMAND = re.compile(r"\bflask ([a-z]+) ([a-z][a-z-]*)")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
# These come with extensions and are not the application's own.
BROUGHT = {"db"}


def settings() -> set[str]:
    """The names that config.py reads from the environment."""
    return set(re.findall(r'environment\.get\("(\w+)"', (ROOT / "config.py").read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document):
    targets = [t for t in LINK.findall(document.read_text(encoding="utf-8")) if not t.startswith(("http", "mailto:"))]
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_document_names_a_machine_or_a_registry(document):
    text = document.read_text(encoding="utf-8")
    assert MACHINE.findall(text) == []
    assert REGISTRY.findall(text) == []


def test_every_document_is_found_from_the_readme():
    known, new = set(), {READMES[0]}
    while new:
        known |= new
        links = {(page.parent / t).resolve() for page in new for t in LINK.findall(page.read_text(encoding="utf-8"))}
        new = {page for page in links if page.suffix == ".md"} - known
    assert [name_of(page) for page in DOCUMENTS if page not in known] == []


def test_every_setting_is_explained():
    assert settings()
    assert [name for name in sorted(settings()) if f"`{name}`" not in OPERATIONS] == []


def test_no_setting_is_explained_that_does_not_exist():
    example = set(re.findall(r"^#(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    table = set(re.findall(r"^\| `(\w+)` \|", OPERATIONS, re.MULTILINE))
    numbered = re.compile(r"^\d+\. ", re.MULTILINE)
    assert len(numbered.findall(guide.read_text(encoding="utf-8"))) == len(
        numbered.findall(other.read_text(encoding="utf-8"))
    )
