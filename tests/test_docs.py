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
REGISTRY = re.compile(r"pypi\.org|npmjs|registry\.(?:npm|yarn)|pythonhosted")
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
    assert example - settings() == {"HOST", "PORT"}, "the two that only `make demo` reads"
    assert table == settings()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_command_that_is_named_exists(app, document):
    wrong = []
    for group, name in COMMAND.findall(document.read_text(encoding="utf-8")):
        found = app.cli.commands.get(group)
        if group not in BROUGHT and (found is None or name not in getattr(found, "commands", {})):
            wrong.append(f"flask {group} {name}")
    assert wrong == []


@pytest.mark.parametrize("readme", READMES, ids=name_of)
def test_the_readme_says_how_to_sign_in(readme):
    text = readme.read_text(encoding="utf-8")
    assert [email for email, _role in EVERYONE if f"`{email}`" not in text] == []
    assert f"`{PASSWORD}`" in text


@pytest.mark.parametrize("guide", sorted((ROOT / "docs" / "guide").glob("*.en.md")), ids=name_of)
def test_every_guide_is_written_in_both_languages(guide):
    other = guide.with_name(guide.name.replace(".en.", ".zh."))
    steps = re.compile(r"^\d+\. ", re.MULTILINE)
    texts = [page.read_text(encoding="utf-8") for page in (guide, other)]
    assert steps.findall(texts[0]) == steps.findall(texts[1]) != []
