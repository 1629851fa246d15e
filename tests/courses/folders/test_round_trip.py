"""What is written of a course is read again as the same course, and the same course gives the same bytes."""

import tomllib
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from app.assessment.formats.package import package_of
from courses.folders import Folder, merge_courses, open_archive, pack, read_folder, write_folder
from courses.folders.merging import State
from courses.folders.tables import free_table, read_entry, toml
from tests.courses.folders.drawn import JSON, SKILLS, courses


def read(files):
    """The folder that these files are."""
    return read_folder(package_of({name: file.read() for name, file in files.items()}), SKILLS)


@settings(max_examples=150)
@given(courses())
def test_a_course_that_is_written_and_read_is_the_same(course):
    files = write_folder(course)
    folder = read(files)
    assert folder.course == course
    assert write_folder(folder.course) == files


@settings(max_examples=30)
@given(courses())
def test_a_zip_of_a_course_holds_it_and_is_the_same_to_the_byte(course):
    packed = pack(write_folder(course))
    assert read_folder(open_archive(packed), SKILLS).course == course
    assert pack(dict(reversed(write_folder(course).items()))) == packed


@settings(max_examples=60)
@given(courses(), courses())
def test_whichever_side_alone_has_changed_since_the_export_is_taken(before, after):
    lock = read(write_folder(before)).lock
    changed = merge_courses(before, Folder(after, lock))
    kept = merge_courses(after, Folder(before, lock))
    assert (changed.clashes, kept.clashes) == ((), ())
    assert changed.course == replace(after, slug=before.slug)
    assert kept.course == after
    assert kept.is_unchanged


@settings(max_examples=60)
@given(courses(), courses())
def test_without_a_lock_the_files_count_as_they_stand_and_what_they_lack_stays(there, here):
    merged = merge_courses(there, Folder(here))
    assert merged.clashes == ()
    assert set(merged.course.order) == set(there.order) | set(here.order)
    assert State.REMOVED not in merged.of_kind("lessons").values()
    for name, lesson in here.lessons.items():
        found = merged.course.lessons[name]
        assert (found.title_zh, found.body_zh, found.body_en) == (lesson.title_zh, lesson.body_zh, lesson.body_en)
        assert not lesson.questions or {one.name for one in found.questions} == {one.name for one in lesson.questions}
        for question in lesson.questions:
            assert question in found.questions


@given(JSON)
def test_a_table_that_toml_can_hold_is_read_as_it_was_written(table):
    told = tomllib.loads(toml({"rules": free_table(table)}), parse_float=Decimal)
    assert read_entry(dict[str, Any], told["rules"], ()) == table
