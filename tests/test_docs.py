"""What the documents promise: links that lead somewhere, settings that exist, no address of a machine or a registry."""

import re

import pytest

from tests.test_house import name_of
from tools.steps import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(document):
    targets = [t for t in LINK.findall(document.read_text(encoding="utf-8")) if not t.startswith(("http", "mailto:"))]
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_no_document_names_a_machine_or_a_registry(document):
    text = document.read_text(encoding="utf-8")
    assert not re.search(r"pypi\.org|npmjs|/work/|/root/|/home/|/tmp/", text)


def test_every_setting_is_explained():
    names = set(re.findall(r'environment\.get\("(\w+)"', (ROOT / "config.py").read_text(encoding="utf-8")))
    explained = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert names
    assert [name for name in sorted(names) if f"`{name}`" not in explained] == []


@pytest.mark.parametrize("pair", sorted((ROOT / "docs" / "guide").glob("*.en.md")), ids=name_of)
def test_every_guide_is_written_in_both_languages(pair):
    assert pair.with_name(pair.name.replace(".en.", ".zh.")).exists()
