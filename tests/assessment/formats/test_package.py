"""Zip packages: what they hold by name, and packages that mean harm."""

import contextlib
import io
import struct
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment.formats import package
from app.assessment.formats.items import FileUnreadable
from app.assessment.formats.package import open_package, package_of


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    """A zip of (name or ZipInfo, content) pairs, in their order."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", compression) as archive:
        warnings.simplefilter("ignore")  # two files of one name
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def directory(content):
    """The place of the first entry in the central directory."""
    return content.index(b"PK\x01\x02")


def with_field(content, offset, format, value):
    """`content` with one field of the first directory entry overwritten."""
    changed = bytearray(content)
    struct.pack_into(format, changed, directory(content) + offset, value)
    return bytes(changed)


def unpack(content):
    opened = open_package(content)
    return {name: opened.read(name) for name in opened.names}


def reason(content):
    with pytest.raises(FileUnreadable) as error:
        unpack(content)
    return error.value.reason


def test_files_are_read_by_name_in_the_packages_order():
    opened = open_package(zipped([("b/", b""), ("b/二.xml", b"2"), ("./a.xml", b"1"), ("inner.zip", zipped([]))]))

    assert opened.names == ("b/二.xml", "a.xml", "inner.zip")
    assert opened.read("a.xml") == b"1"
    assert opened.read("b/二.xml") == b"2"
    assert "a.xml" in opened
    assert "b/" not in opened


def test_a_file_that_is_not_there_is_missed():
    with pytest.raises(FileUnreadable, match=r"lacks the file c\.xml"):
        open_package(zipped([("a.xml", b"1")])).read("c.xml")


def test_an_empty_package_has_no_names():
    assert open_package(zipped([])).names == ()


def test_files_opened_already_are_a_package():
    opened = package_of({"a/b.xml": b"1", "./c.xml": b"2"})

    assert opened.names == ("a/b.xml", "c.xml")
    assert opened.read("c.xml") == b"2"


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "..\\x", "C:/x", "C:\\x", "a\nb", "a\x00b", ""])
def test_a_name_that_leads_out_refuses_the_package(name):
    with pytest.raises(FileUnreadable, match="not safe"):
        package_of({name: b"x"})


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/passwd", "..\\x", "C:/x"])
def test_a_name_that_leads_out_refuses_the_zip(name):
    assert "not safe" in reason(zipped([("a.xml", b"1"), (name, b"x")]))


def test_a_name_that_ends_early_for_others_refuses_the_zip():
    assert "not safe" in reason(zipped([("aXb.xml", b"1")]).replace(b"aXb.xml", b"a\0b.xml"))


def test_a_symbolic_link_refuses_the_package():
    link = zipfile.ZipInfo("a.xml")
    link.create_system = 3
    link.external_attr = 0o120777 << 16

    assert reason(zipped([(link, b"/etc/passwd")])) == "holds a link or device: a.xml"


def test_two_files_of_one_name_refuse_the_package():
    assert reason(zipped([("a.xml", b"1"), ("a.xml", b"2")])) == "holds two files called a.xml"
    assert reason(zipped([("a.xml", b"1"), ("./a.xml", b"2")])) == "holds two files called a.xml"
    with pytest.raises(FileUnreadable, match="two files"):
        package_of({"a.xml": b"1", "./a.xml": b"2"})


def test_an_encrypted_file_refuses_the_package():
    assert reason(with_field(zipped([("a.xml", b"1")]), 8, "<H", 1)) == "holds an encrypted file: a.xml"


def test_another_way_of_packing_is_refused():
    assert "not read" in reason(zipped([("a.xml", b"1" * 100)], zipfile.ZIP_LZMA))


def test_ten_declared_gigabytes_are_refused_before_anything_is_read():
    content = bytearray(zipped([(f"{number}.xml", b"1") for number in range(3)]))
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        struct.pack_into("<I", content, place + 24, 0xFFFFFFF0)

    assert reason(bytes(content)) == "would unpack to more than 1024 MB"


def test_what_is_packed_too_tightly_is_refused():
    assert reason(zipped([("a.xml", b"\0" * (5 << 20))])) == "holds a file packed more than 200 to 1: a.xml"


def test_a_file_larger_than_it_says_is_refused():
    assert reason(with_field(zipped([("a.xml", b"12345")]), 24, "<I", 2)) == "holds a damaged file: a.xml"


def test_a_file_smaller_than_it_says_is_refused():
    assert reason(with_field(zipped([("a.xml", b"12345")]), 24, "<I", 20)) == "holds a damaged file: a.xml"


def test_a_large_file_is_refused_when_it_is_read(monkeypatch):
    monkeypatch.setattr(package, "MAX_ENTRY", 1 << 20)
    content = zipped([("film.mp4", bytes(range(256)) * 5000), ("a.xml", b"1")], zipfile.ZIP_STORED)
    opened = open_package(content)

    assert opened.read("a.xml") == b"1"
    with pytest.raises(FileUnreadable, match=r"larger than 1 MB: film\.mp4"):
        opened.read("film.mp4")
    with pytest.raises(FileUnreadable, match=r"larger than 1 MB: film\.mp4"):
        package_of({"film.mp4": b"1" * (2 << 20)}).read("film.mp4")


def test_too_many_files_are_refused(monkeypatch):
    monkeypatch.setattr(package, "MAX_ENTRIES", 2)
    files = [(f"{number}.xml", b"") for number in range(3)]

    assert reason(zipped(files)) == "holds more than 2 files"
    with pytest.raises(FileUnreadable, match="more than 2 files"):
        package_of(dict(files))


@pytest.mark.parametrize("content", [b"", b"PK", b"<xml/>", b"x" + b"PK\x03\x04"])
def test_what_is_no_zip_is_refused(content):
    assert reason(content) == "is not a zip package"


def test_a_package_cut_off_is_refused():
    content = zipped([("a.xml", b"12345" * 100), ("b.xml", b"1")])

    for end in range(4, len(content)):
        assert "damaged" in reason(content[:end])


@given(st.binary(max_size=40), st.integers(0, 400), st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", None]))
def test_no_bytes_raise_anything_else(noise, place, start):
    whole = zipped([("a.xml", b"12345" * 20), ("b/c.xml", b"1")])
    content = start + noise if start else whole[:place] + noise + whole[place + len(noise) :]
    with contextlib.suppress(FileUnreadable):
        unpack(content)
