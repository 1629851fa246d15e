"""Course packages: what others wrote, each question once, their files, and packages that mean harm."""

import base64
import contextlib
import io
import zipfile
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.assessment.formats import cartridge
from app.assessment.formats.items import FileUnreadable, Item, Note, Reason, Refusal
from app.assessment.formats.package import open_package
from app.assessment.rules.drawing import draw
from app.assessment.rules.marking import mark

SKILLS = {"CC02"}
CC = "imsqti_xmlv1p2/imscc_xmlv1p3/"
PICTURE = b"\x89PNG\r\n\x1a\n"


def read(source):
    return list(cartridge.read(source, SKILLS))


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def manifest(*resources):
    return (
        "<?xml version='1.0' encoding='UTF-8'?><manifest xmlns='http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1'>"
        f"<organizations/><resources>{''.join(resources)}</resources></manifest>"
    ).encode()


def resource(ident, kind, *paths, inside=""):
    files = "".join(f"<file href='{path}'/>" for path in paths)
    return f"<resource identifier='{ident}' type='{kind}'>{inside}{files}</resource>"


def essay(text, ident="i", kind="essay_question"):
    return (
        f"<item ident='{ident}' title='{ident}'><itemmetadata><qtimetadata><qtimetadatafield>"
        f"<fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry></qtimetadatafield></qtimetadata>"
        f"</itemmetadata><presentation><material><mattext texttype='text/html'><![CDATA[{text}]]></mattext></material>"
        "<response_str ident='r'><render_fib/></response_str></presentation></item>"
    )


def qti(*items, tag="assessment"):
    return f"<questestinterop><{tag} title='T' ident='q'>{''.join(items)}</{tag}></questestinterop>".encode()


def item2(text, ident="q"):
    body = f"<itemBody><p>{text}</p></itemBody>"
    return f"<assessmentItem identifier='{ident}' title='{ident}'>{body}</assessmentItem>".encode()


def told(found):
    return [each.name if isinstance(each, Item) else each.remark.sentence for each in found]


# Files that others wrote


@pytest.fixture(scope="module")
def cartridges(question_files):
    folder = question_files.parent / "cartridges"
    assert folder.is_dir(), f"{folder} is missing: set YANGFAN_SHARED"
    return folder


@pytest.fixture(scope="module")
def all_types(cartridges):
    folder = cartridges / "all-question-types"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@pytest.mark.parametrize("as_source", [dict, zipped, lambda files: open_package(zipped(files))])
def test_canvas_course_of_all_types_is_taken_from_its_complete_file(all_types, as_source):
    found = read(as_source(all_types))

    assert [
        (each.line, each.content.kind.value, each.remarks) if isinstance(each, Item) else each for each in found
    ] == [
        (20, "single", ()),
        (174, "true-false", ()),
        (232, "multiple", ()),
        (315, "cloze", ()),
        (399, "matching", ()),
        (566, "numeric", ()),
        (621, "calculated", ()),
        (725, "essay", ()),
        (766, "description", ()),
        (798, "file", ()),
    ]
    assert [each.number for each in found] == list(range(1, 11))
    assert cartridge.others(all_types) == Counter(other=2)


def test_canvas_course_is_marked_as_canvas_marks_it(all_types):
    single, truth, multiple, cloze, matching, numeric, calculated = (each.content for each in read(all_types)[:7])

    assert (mark(single, "c").mark, mark(single, "a").mark) == (1, 0)
    assert [said.text for said in mark(single, "c").feedback] == ["<p>good!</p>", "<p>nice job</p>"]
    assert [said.text for said in mark(single, "a").feedback] == ["<p>add 2</p>", "<p>too bad</p>"]
    assert single.general_feedback == "<p>alright</p>"
    assert (mark(truth, False).mark, mark(truth, True).mark) == (1, 0)
    assert mark(multiple, ["a", "d", "e"]).mark == 1
    assert mark(multiple, ["a", "d", "b"]).mark == pytest.approx(1 / 3)
    assert cloze.text == "<div><p>Roses are [[1]], violets are [[2]]</p></div>"
    assert (mark(cloze, {"1": "a", "2": "b"}).mark, mark(cloze, {"1": "a", "2": "a"}).mark) == (1, 0.5)
    right = {pair.key: pair.choice for pair in matching.pairs}
    assert (len(matching.pairs), len(matching.choices)) == (3, 6)
    assert mark(matching, right).mark == 1
    assert mark(matching, right | {"3": right["1"]}).mark == pytest.approx(2 / 3)
    assert [mark(numeric, given).mark for given in ("33.33", "33.34", "33.3", "100/3")] == [1, 1, 0, 0]
    assert (calculated.answers[0].formula, len(calculated.variables[0].values)) == ("5 + {x}", 10)
    assert [mark(draw(calculated, number), given).mark for number, given in ((0, 15), (1, 11), (1, 15))] == [1, 1, 0]


def test_the_profile_of_common_cartridge_is_taken_where_there_is_nothing_richer(all_types):
    plainer = {name: content for name, content in all_types.items() if not name.startswith("non_cc_assessments/")}
    found = read(plainer)

    assert [(each.line, each.content.kind.value) for each in found] == [
        (23, "single"), (159, "true-false"), (199, "multiple"), (264, "essay"),
    ]  # fmt: skip
    assert [[remark.code for remark in each.remarks] for each in found] == [[], [], [Note.ALL_OR_NOTHING], []]


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("latex.imscc", {"page": 2, "other": 1}),
        ("canvas_cc_gem_course.imscc", {"assignment": 3, "other": 2}),
    ],
)
def test_a_course_without_questions_has_no_items(cartridges, name, others):
    content = (cartridges / name).read_bytes()

    assert read(content) == []
    assert cartridge.others(content) == others
    assert cartridge.is_cartridge(content)


# Which files


def test_quizzes_and_banks_in_the_order_of_the_manifest_each_question_once():
    found = read(
        {
            "imsmanifest.xml": manifest(
                resource("q1", CC + "assessment", "q1/quiz.xml", inside="<dependency identifierref='m1'/>"),
                resource("b1", CC + "question-bank", "b1/bank.xml"),
                resource("m1", "associatedcontent/imscc_xmlv1p1/learning-application-resource", "q1/meta.xml",
                         "non_cc_assessments/q1.xml.qti"),
                resource("b2", "associatedcontent/imscc_xmlv1p1/learning-application-resource",
                         "non_cc_assessments/b2.xml.qti"),
                resource("t1", "imsdt_xmlv1p1", "t1.xml"), resource("w1", "imswl_xmlv1p1", "w1.xml"),
            ),
            "q1/quiz.xml": qti(essay("poor")), "q1/meta.xml": b"<quiz/>",
            "non_cc_assessments/q1.xml.qti": qti(essay("one", "1"), essay("two", "2"), essay("two", "2")),
            "b1/bank.xml": qti(essay("three", "3"), essay("one", "1"), tag="objectbank"),
            "non_cc_assessments/b2.xml.qti": qti(essay("four", "4"), tag="objectbank"),
            "non_cc_assessments/lost.xml.qti": qti(essay("five", "5"), tag="objectbank"),
        }
    )  # fmt: skip

    assert told(found) == [
        "1", "2", "2", "3", "the same question stands earlier in the package", "4", "5",
    ]  # fmt: skip
    assert [each.number for each in found] == list(range(1, 8))


def test_a_group_that_draws_on_a_bank_of_the_package_lacks_nothing():
    chosen = "<selection_ordering><selection><sourcebank_ref>{}</sourcebank_ref></selection></selection_ordering>"
    drawn = f"<section>{chosen}</section>"
    found = read(
        {
            "imsmanifest.xml": manifest(
                resource("q1", CC + "assessment", "q1.xml"), resource("b1", "other", "non_cc_assessments/b1.xml.qti")
            ),
            "q1.xml": qti(drawn.format("b1"), drawn.format("b7")),
            "non_cc_assessments/b1.xml.qti": qti(essay("x", "1"), tag="objectbank"),
        }
    )

    assert told(found) == ["draws on questions that the file does not hold: b7", "1"]


def test_a_broken_question_file_is_one_refusal_and_the_others_are_taken():
    found = read(
        {
            "imsmanifest.xml": manifest(
                resource("q1", CC + "assessment", "q1.xml"), resource("q2", CC + "assessment", "q2.xml"),
                resource("q3", CC + "assessment", "gone.xml"), resource("q4", CC + "assessment"),
                resource("q5", CC + "assessment", "q5.xml"), resource("i1", "imsqti_item_xmlv2p2", "i1.xml"),
                resource("q6", CC + "assessment", "q6.xml"),
            ),
            "q1.xml": b"<questestinterop>", "q2.xml": b"<quiz/>", "q5.xml": qti(essay("x", "5")),
            "i1.xml": item2("y", "6"),
            "q6.xml": b"<!DOCTYPE q [<!ENTITY a 'b'>]><questestinterop>&a;</questestinterop>",
        }
    )  # fmt: skip

    assert [each.remark.code for each in found if isinstance(each, Refusal)] == [
        Reason.FILE_REFUSED, Reason.FILE_REFUSED, Reason.FILE_ABSENT, Reason.FILE_ABSENT, Reason.FILE_REFUSED,
    ]  # fmt: skip
    assert [each.name for each in found] == ["q1.xml", "q2.xml", "gone.xml", "q4", "5", "6", "q6.xml"]


def test_a_broken_complete_file_leaves_the_plainer_one():
    found = read(
        {
            "imsmanifest.xml": manifest(resource("q1", CC + "assessment", "q1.xml")),
            "q1.xml": qti(essay("x", "1")),
            "non_cc_assessments/q1.xml.qti": b"<questestinterop>",
        }
    )

    assert isinstance(found[0], Refusal)
    assert told(found)[1:] == ["1"]


def test_a_qti_2_package_follows_its_test():
    keywords = "<metadata><lom><general><keyword><string>CC02</string></keyword></general></lom></metadata>"
    test = (
        b"<assessmentTest title='Exam'><testPart><assessmentSection><assessmentItemRef href='items/b.xml'/>"
        b"<assessmentItemRef href='items/a.xml'/><assessmentItemRef href='items/none.xml'/></assessmentSection>"
        b"</testPart></assessmentTest>"
    )
    found = read(
        zipped(
            {
                "package/imsmanifest.xml": manifest(
                    resource("a", "imsqti_item_xmlv2p1", "items/a.xml"),
                    resource("b", "imsqti_item_xmlv2p1", "items/b.xml", inside=keywords),
                    resource("c", "imsqti_item_xmlv2p1", "items/c.xml"),
                    resource("t", "imsqti_test_xmlv2p1", "test.xml"),
                ),
                "package/test.xml": test,
                **{f"package/items/{name}.xml": item2(name, name) for name in "abc"},
            }
        )
    )

    assert told(found) == [
        "b",
        "a",
        "the manifest names a file that the package does not hold: package/items/none.xml",
        "c",
    ]
    assert (found[0].category, found[0].skill, found[3].category) == ("Exam", "CC02", "")


# Files that texts refer to


def attached(text, files=(), path="quiz/q.xml"):
    (found,) = read(
        {
            "imsmanifest.xml": manifest(resource("q", CC + "assessment", path)),
            path: qti(essay(text)),
            **dict(files),
        }
    )
    return found


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("$IMS-CC-FILEBASE$/my%20map.png?canvas_download=1", "web_resources/my map.png"),
        ("%24IMS-CC-FILEBASE%24/my%20map.png", "web_resources/my map.png"),
        ("$IMS-CC-FILEBASE$../resources/map.png", "resources/map.png"),
        ("$IMS_CC_FILEBASE$/map.png", "map.png"),
        ("map.png", "quiz/map.png"),
        ("../images/图.png", "images/图.png"),
        ("web_resources/map.png", "web_resources/map.png"),
        ("../../../../map.png", "map.png"),
    ],
)
def test_a_picture_comes_with_its_question(reference, path):
    found = attached(f'<p>See <IMG alt="m" src="{reference}"></p>', {path: PICTURE})

    (file,) = found.content.attachments
    assert base64.b64decode(file.data) == PICTURE
    assert file.media_type == "image/png"
    assert f'src="@@PLUGINFILE@@/{file.name}"' in found.content.text
    assert found.remarks == ()


def test_a_file_named_twice_is_kept_once_and_two_of_one_name_both():
    found = attached(
        "<img src='a/x.png'><img src='a/x.png'><img src=b/x.png><a href='s.mp3'>s</a>",
        {"a/x.png": PICTURE, "b/x.png": PICTURE + b"2", "s.mp3": b"ID3"},
    )

    assert [(file.name, file.media_type) for file in found.content.attachments] == [
        ("x.png", "image/png"), ("x-2.png", "image/png"), ("s.mp3", "audio/mpeg"),
    ]  # fmt: skip
    assert [remark.code for remark in found.remarks] == [Note.FILE_RENAMED]


@pytest.mark.parametrize(
    "reference", ["gone.png", "$IMS-CC-FILEBASE$/gone.png", "../imsmanifest.xml", "page.html", "/courses/1/files/2", ""]
)
def test_a_reference_that_leads_nowhere_stays_and_is_told(reference):
    found = attached(f"<img src='{reference}'>", {"page.html": b"<p>"})

    assert found.content.attachments == ()
    assert found.content.text == f"<img src='{reference}'>"
    assert [remark.code for remark in found.remarks] == ([Note.FILE_MISSING] if reference else [])


@pytest.mark.parametrize(
    "address", ["https://example.org/x.png", "data:image/png;base64,AAAA", "#top", "mailto:a@b.cn"]
)
def test_addresses_elsewhere_stay(address):
    found = attached(f"<a href='{address}'>x</a>")

    assert (found.content.text, found.remarks) == (f"<a href='{address}'>x</a>", ())


def test_a_picture_too_large_stays_out_and_is_told(monkeypatch):
    monkeypatch.setattr(cartridge, "MAX_ATTACHMENT", 10)
    found = attached("<img src='x.png'><img src='y.png'>", {"x.png": b"0" * 11, "y.png": b"0" * 10})

    assert [file.name for file in found.content.attachments] == ["y.png"]
    assert [remark.code for remark in found.remarks] == [Note.FILE_MISSING]


def test_one_picture_in_very_many_questions_has_an_end(monkeypatch):
    monkeypatch.setattr(cartridge, "MAX_ATTACHED", 30)
    found = read(
        {
            "imsmanifest.xml": manifest(resource("q", CC + "assessment", "q.xml")),
            "q.xml": qti(*(essay(f"{number}<img src='x.png'>") for number in range(5))),
            "x.png": b"0" * 9,
        }
    )

    assert [len(each.content.attachments) for each in found] == [1, 1, 1, 0, 0]


# Packages that mean harm


def test_question_files_have_an_end(monkeypatch):
    monkeypatch.setattr(cartridge, "MAX_QUESTION_FILES", 1 << 20)
    big = qti(essay("x")) + b" " * (1 << 19)
    files = {f"q{number}.xml": big for number in range(3)}
    resources = [resource(f"q{number}", CC + "assessment", f"q{number}.xml") for number in range(3)]

    with pytest.raises(FileUnreadable, match="more than 1 MB of question files"):
        read({"imsmanifest.xml": manifest(*resources), **files})


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"q.xml": qti(essay("x"))}, r"is a zip package without imsmanifest\.xml\Z"),
        ({"inner.zip": zipped({"imsmanifest.xml": manifest()})}, "holds another package"),
        ({"imsmanifest.xml": b"<manifest>"}, "has a manifest that is not well-formed"),
        ({"imsmanifest.xml": b"<quiz/>"}, "has a manifest that begins with <quiz>"),
        ({"imsmanifest.xml": b"<?xml version='1.0' encoding='x-mac'?><manifest/>"}, "encoding that is not read"),
        ({"imsmanifest.xml": b"<!DOCTYPE m [<!ENTITY a 'b'>]><manifest>&a;</manifest>"}, "entities"),
        ({"imsmanifest.xml": manifest(), "../q.xml": b""}, "not safe"),
        ({"imsmanifest.xml": manifest(), "/q.xml": b""}, "not safe"),
        ({"imsmanifest.xml": manifest(), "a\\..\\q.xml": b""}, "not safe"),
        ({"imsmanifest.xml": manifest(), "zeros.xml": b"\0" * (5 << 20)}, "packed more than 200 to 1"),
    ],
)
def test_a_hostile_package_is_refused_as_a_whole(files, reason):
    with pytest.raises(FileUnreadable, match=reason):
        read(zipped(files))


def test_a_manifest_that_leads_out_of_the_package_finds_nothing():
    found = read({"imsmanifest.xml": manifest(resource("q", CC + "assessment", "../../etc/passwd.xml"))})

    assert told(found) == ["the manifest names a file that the package does not hold: etc/passwd.xml"]


def test_a_package_cut_off_is_refused():
    content = zipped({"imsmanifest.xml": manifest(resource("q", CC + "assessment", "q.xml")), "q.xml": qti(essay("x"))})

    for end in range(0, len(content), 7):
        with pytest.raises(FileUnreadable):
            read(content[:end])


def test_nothing_is_written_to_disk(monkeypatch, all_types):
    def refuse(*args, **kwargs):
        raise AssertionError(args)

    content = zipped(all_types)
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(zipfile.ZipFile, "extract", refuse)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", refuse)

    assert len(read(content)) == 10


WHOLE = zipped(
    {
        "imsmanifest.xml": manifest(
            resource("q", CC + "assessment", "q.xml"), resource("i", "imsqti_item_xmlv2p1", "i.xml")
        ),
        "q.xml": qti(essay("<img src='x.png'>")),
        "i.xml": item2("x"),
        "x.png": PICTURE,
    }
)


@given(st.binary(max_size=30), st.integers(0, len(WHOLE)))
@example(b"", 0)
def test_no_bytes_raise_anything_else(noise, place):
    for source in (noise, WHOLE[:place] + noise + WHOLE[place + len(noise) :], b"PK\x03\x04" + noise):
        with contextlib.suppress(FileUnreadable):
            read(source)


RESOURCES = st.builds(
    resource,
    st.sampled_from(["a", "b", ""]),
    st.sampled_from(
        [CC + "assessment", "imsqti_item_xmlv2p1", "imsqti_test_xmlv2p1", "webcontent", "", "a/question-bank"]
    ),
    st.sampled_from(["q.xml", "i.xml", "t.xml", "", "..", "non_cc_assessments/a.xml.qti", "%00", "x.png"]),
    inside=st.sampled_from(["", "<dependency identifierref='b'/>", "<dependency/>"]),
)


@given(
    st.lists(RESOURCES, max_size=5),
    st.sets(st.sampled_from(["q.xml", "i.xml", "t.xml", "non_cc_assessments/a.xml.qti"])),
)
def test_every_item_is_numbered_whatever_the_manifest_says(resources, kept):
    files = {
        "q.xml": qti(essay("x")),
        "i.xml": item2("y"),
        "t.xml": b"<assessmentTest><assessmentItemRef href='i.xml'/><assessmentItemRef/></assessmentTest>",
        "non_cc_assessments/a.xml.qti": qti(essay("z")),
    }
    found = read({"imsmanifest.xml": manifest(*resources), **{name: files[name] for name in kept}})

    assert [each.number for each in found] == list(range(1, len(found) + 1))
