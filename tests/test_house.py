"""The rules of the house that no single feature can keep for all: docs/architecture.md says why each stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tools import words

ROOT = Path(__file__).parents[1]
PACKAGES = words.PACKAGES
CODE = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))
TEMPLATES = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("templates/**/*.html"))

EDGES = {"views", "cli", "tasks", "seeds"}
# Files outside the edges that commit, with the reason.
COMMITS = {
    "app/jobs.py": "the queue is an edge: it claims a job and keeps its outcome, each in a transaction of its own",
    "app/mail.py": "sending is a job: what was sent stays sent",
}
# Templates that mark something as safe, with the reason.
SAFE: dict[str, str] = {}
# Addresses that are not pages, and whose form others have fixed.
NOT_PAGES = {"healthz", "readyz"}
SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
DATABASE_CALLS = {"execute", "scalars", "scalar", "query"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|%[sd]|\{(\w*)\}")


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def is_edge(file: Path) -> bool:
    return bool(EDGES & {part.removesuffix(".py") for part in file.relative_to(ROOT).parts})


def calls(file: Path, names: set[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each call of a method in `names`."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
            yield node.lineno, node.func.attr


# ---- who may reach what --------------------------------------------------------------------------------------------


def test_every_route_says_for_whom_it_is(app):
    from app.accounts.guards import audience_of

    undeclared = sorted(rule.endpoint for rule in app.url_map.iter_rules() if audience_of(app, rule.endpoint) is None)
    assert undeclared == []


def test_no_view_is_spared_the_check_against_forged_requests(app):
    from app.extensions import csrf

    assert csrf._exempt_views == set()
    assert csrf._exempt_blueprints == set()


def test_a_form_without_its_token_is_refused(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    assert client.post("/language/", data={"language": "en"}).status_code == 400
    assert client.get_cookie("language") is None


def test_addresses_are_kebab_case_and_end_with_a_slash(app):
    wrong = []
    for rule in app.url_map.iter_rules():
        fixed = [segment for segment in re.sub(r"<[^>]+>", "", rule.rule).split("/") if segment]
        last = rule.rule.rsplit("/", 1)[-1]
        is_file = "." in last or last in NOT_PAGES or rule.endpoint.endswith("static")
        stems = [segment.split(".")[0] for segment in fixed]
        if not (rule.rule.endswith("/") or is_file) or not all(SEGMENT.fullmatch(stem) for stem in stems if stem):
            wrong.append(rule.rule)
    assert sorted(wrong) == []


def test_every_page_carries_the_strict_policy_against_foreign_scripts(client):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


# ---- where things may happen ---------------------------------------------------------------------------------------


def test_only_edges_commit():
    found = {name_of(file) for file in CODE if not is_edge(file) and list(calls(file, {"commit"}))}
    assert found == set(COMMITS)


@pytest.mark.parametrize("file", [file for file in CODE if "views" in {*file.parts, file.stem}], ids=name_of)
def test_a_view_asks_queries_and_never_the_database(file):
    assert list(calls(file, DATABASE_CALLS)) == []


def test_templates_do_not_ask_the_database():
    asking = re.compile(r"\bsession\.|\.query\b|\.(execute|scalars|filter_by)\(")
    assert [name_of(file) for file in TEMPLATES if asking.search(file.read_text(encoding="utf-8"))] == []


def test_templates_trust_no_text():
    safe = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false")
    found = {name_of(file) for file in TEMPLATES if safe.search(file.read_text(encoding="utf-8"))}
    assert found == set(SAFE)


def test_templates_keep_style_and_script_in_files():
    # The security policy would silently drop them in the browser; mail has no files beside it.
    script = r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(ld\+)?json\")"
    inline = re.compile(rf"<style\b|\sstyle=|\son[a-z]+=|{script}")
    jinja = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
    pages = [file for file in TEMPLATES if "emails" not in file.parts]
    assert [name_of(file) for file in pages if inline.search(jinja.sub("", file.read_text(encoding="utf-8")))] == []


def test_importing_the_platform_runs_nothing():
    body = ast.parse((ROOT / "app" / "__init__.py").read_text(encoding="utf-8")).body
    assert [type(node) for node in body] == [ast.Expr]


def test_a_package_opens_with_a_sentence():
    silent = []
    for file in CODE:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(name_of(file))
    assert silent == []


# ---- words ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    """The sentences of the code, each with what the catalogue has for it."""
    catalogue = words.kept("zh")
    return [(message, catalogue.get(message.id, message.context)) for message in words.extracted() if message.id]


def test_every_sentence_is_translated(messages):
    missing = [said.id for said, kept in messages if kept is None or kept.fuzzy or not all(_strings(kept))]
    assert missing == []


def test_a_translation_fills_the_same_places(messages):
    wrong = [
        said.id
        for said, kept in messages
        if kept and any(_places(text) != _places(said.id) for text in _strings(kept) if text)
    ]
    assert wrong == []


def test_the_catalogue_holds_nothing_that_nobody_says(messages):
    said = {_key(message) for message, _ in messages}
    assert [message.id for message in words.kept("zh") if message.id and _key(message) not in said] == []


def _key(message: Message) -> tuple[str, str | None]:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _places(text: str | tuple[str, ...] | list[str]) -> set[str]:
    # Of a plural, the sentence for many: that for one may say "one" instead of the number.
    whole = text if isinstance(text, str) else text[-1]
    return {match.group(0) for match in PLACEHOLDER.finditer(whole)}


# ---- what is installed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=name_of)
def test_locks_pin_by_hash_and_name_no_host(lock):
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index-url|--find-links|@ ", text)
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split("=")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_front_end_lock_holds_integrity_and_no_host():
    text = (ROOT / "deno.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert text.count('"integrity": "sha512-') == text.count("@", text.index('"npm": {'), text.index('"workspace"'))
