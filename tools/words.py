"""The one catalogue: every sentence of code and templates, brought into app/translations. `make words`.

Runs in the checkout's environment, after set-up.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from tools.steps import ROOT, say

PACKAGES = ("app", "competitions", "courses", "internships", "reports")
METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
# A template that cannot be parsed is an error, not an empty template.
OPTIONS = {
    "**/templates/**.*": {"silent": "false", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols", "encoding": "utf-8"}
}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_n": (1, 2),
}
CATALOGUES = ROOT / "app" / "translations"
LANGUAGES = ("zh",)  # the other language, English, is that of the code


def extracted() -> Catalog:
    """All sentences of the code, without translations."""
    catalogue = Catalog(project="Yangfan", charset="utf-8")
    for package, name, line, message, comments, context in _messages():
        catalogue.add(message, None, [(f"{package}/{name}", line)], auto_comments=comments, context=context)
    return catalogue


def _messages() -> Iterator[tuple[str, str, int, str | tuple[str, ...], list[str], str | None]]:
    for package in PACKAGES:
        found = extract_from_dir(ROOT / package, METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=True)
        for name, line, message, comments, context in found:
            yield package, name, line, message, comments, context


def file_of(language: str) -> Path:
    """Where the translations into `language` stand."""
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"


def kept(language: str) -> Catalog:
    """The translations into `language` as they stand."""
    file = file_of(language)
    if not file.exists():
        return Catalog(locale=language, project="Yangfan", charset="utf-8")
    with file.open("rb") as handle:
        return read_po(handle, locale=language)


def main() -> None:
    """Add new sentences without a translation, drop those that nobody says any more."""
    template = extracted()
    for language in LANGUAGES:
        catalogue = kept(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        # The same words always give the same file, so that a difference is a difference of words.
        catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        file = file_of(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as handle:
            write_po(handle, catalogue, no_location=True, sort_output=True, omit_header=False, width=120)
        missing = sum(1 for message in catalogue if message.id and not message.string)
        say(f"{language}: {len(catalogue)} sentences, {missing} without a translation")


if __name__ == "__main__":
    main()
