"""Files that people hand in: kept by content, refused when name and content disagree, never run by a browser."""

import io
import zipfile

import pytest

from app import files
from app.files import FileEmpty, FileKindRefused


def keep(content, name):
    return files.store(io.BytesIO(content), name, owner_kind="test", uploaded_by=None)


def office(part):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(f"{part}document.xml", "<x/>")
    return out.getvalue()


def test_a_pdf_is_kept_and_comes_back_as_an_attachment(app, db):
    stored = keep(b"%PDF-1.7 plan", "../../plan.pdf")
    db.session.flush()
    assert (stored.name, stored.size) == ("plan.pdf", 13)
    with app.test_request_context():
        answer = files.download(stored)
        answer.direct_passthrough = False
        assert answer.get_data() == b"%PDF-1.7 plan"
        answer.close()
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<script>alert(1)</script>", "page.html"),
        (b"<svg/>", "drawing.svg"),
        (b"MZ\x90\x00", "plan.pdf"),
        (b"a,b\n\x00", "marks.csv"),
        (b"PK\x03\x04 not a zip", "plan.docx"),
        (office("xl/"), "plan.docx"),
        (b"nothing", "no-suffix"),
    ],
)
def test_what_is_not_an_allowed_pair_of_name_and_content_is_refused(app, db, content, name):
    with pytest.raises(FileKindRefused):
        keep(content, name)


def test_an_office_file_is_known_by_its_parts(app, db):
    assert keep(office("word/"), "plan.docx").media_type.endswith("wordprocessingml.document")


def test_an_empty_file_is_refused(app, db):
    with pytest.raises(FileEmpty):
        keep(b"", "plan.pdf")


def test_a_refused_file_leaves_nothing_on_disk(app, db):
    folder = app.config["DATA_DIR"] / "files"
    before = sorted(folder.rglob("*")) if folder.exists() else []
    with pytest.raises(FileKindRefused):
        keep(b"MZ plan", "other.pdf")
    assert sorted(path for path in folder.rglob("*") if path.is_file()) == [path for path in before if path.is_file()]
