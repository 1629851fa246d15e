"""The table of real files in docs/imports.md says what the readers do, for every file that is there."""

import io
import re
import zipfile

import pytest

from app.assessment.formats import cartridge
from app.assessment.formats.items import FileUnreadable, Item
from app.assessment.services import imports
from tools.steps import ROOT

ROW = re.compile(r"\| `([^`]+)` \| [^|]+ \| `([^`]+)` \| (\d+) \| (\d+) \| (\d+)[^|]* \|")


def packed(folder):
    """A folder as the package that it was unpacked from."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                package.write(path, path.relative_to(folder).as_posix())
    return stream.getvalue()


def test_the_published_table_covers_every_file_and_says_what_is_taken(question_files):
    files = sorted([*question_files.iterdir(), *(question_files.parent / "cartridges").iterdir()])
    found = {}
    for path in files:
        content = packed(path) if path.is_dir() else path.read_bytes()
        reading = imports.read_questions(path.name, content)
        items = list(reading.found)
        taken = sum(isinstance(item, Item) for item in items)
        found[path.name] = (reading.file_type.value, len(items), taken, len(items) - taken)
    told = {
        name: (file_type, int(items), int(taken), int(refused))
        for name, file_type, items, taken, refused in ROW.findall((ROOT / "docs" / "imports.md").read_text("utf-8"))
    }
    assert told == found


def test_what_a_package_holds_beside_questions_is_counted(question_files):
    for name, beside in (("canvas_cc_gem_course.imscc", 5), ("latex.imscc", 3)):
        content = (question_files.parent / "cartridges" / name).read_bytes()
        assert sum(cartridge.others(content).values()) == beside


def test_files_without_questions_are_refused_with_the_published_reason(question_files):
    text = (ROOT / "docs" / "imports.md").read_text("utf-8")
    told = dict(re.findall(r"\| `([^`]+)` \| [^|]+ \| ([a-z][^|]*) \|", text))
    others = [path for name in ("judging", "rosters") for path in sorted((question_files.parent / name).iterdir())]
    assert others
    for path in others:
        with pytest.raises(FileUnreadable) as refused:
            list(imports.read_questions(path.name, path.read_bytes()).found)
        assert refused.value.reason == told[path.name].strip()
