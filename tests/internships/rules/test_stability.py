"""The certificate, on matchings that are wrong in one known way."""

import ast
from inspect import getsource

import pytest

from internships.rules import stability
from internships.rules.matching import PostingSide
from internships.rules.stability import certificate

STUDENTS = {"s1": ["p1", "p2"], "s2": ["p1", "p2"]}
POSTINGS = {"p1": PostingSide(1, ["s1", "s2"]), "p2": PostingSide(1, ["s2", "s1"])}


def test_two_who_would_rather_have_each_other_are_named():
    found = certificate(STUDENTS, POSTINGS, {"p1": ["s2"], "p2": ["s1"]})
    assert found.blocking_pairs == (("s1", "p1"),)
    assert not found.over_capacity
    assert not found.unacceptable


def test_a_student_left_out_beside_a_free_place_is_named():
    assert certificate(STUDENTS, POSTINGS, {"p1": ["s1"]}).blocking_pairs == (("s2", "p2"),)


def test_more_students_than_places_are_named():
    found = certificate(STUDENTS, POSTINGS, {"p1": ["s1", "s2"]})
    assert found.over_capacity == ("p1",)
    assert found.blocking_pairs == ()


def test_a_pair_of_which_one_never_ranked_the_other_is_named():
    postings = {"p1": PostingSide(1, ["s1"]), "p2": PostingSide(1, ["s2", "s1"])}
    found = certificate({"s1": ["p1"], "s2": ["p1"]}, postings, {"p1": ["s2"], "p2": ["s1"]})
    assert found.unacceptable == (("s1", "p2"), ("s2", "p1"))
    assert found.blocking_pairs == (("s1", "p1"),)


def test_a_posting_does_not_leave_a_student_for_an_equal():
    postings = {"p1": PostingSide(1, [["s1", "s2"]])}
    students = {"s1": ["p1"], "s2": ["p1"]}
    assert certificate(students, postings, {"p1": ["s2"]}).is_clean
    assert certificate(students, {"p1": PostingSide(1, ["s1", ["s2"]])}, {"p1": ["s2"]}).blocking_pairs == (
        ("s1", "p1"),
    )


@pytest.mark.parametrize(
    ("matching", "reason"),
    [
        ({"p9": []}, "unknown posting 'p9'"),
        ({"p1": ["s9"]}, "unknown student 's9'"),
        ({"p1": ["s1"], "p2": ["s1"]}, "student 's1' twice"),
    ],
)
def test_a_matching_of_strangers_is_no_matching(matching, reason):
    with pytest.raises(ValueError, match=reason):
        certificate(STUDENTS, POSTINGS, matching)


def test_the_certificate_shares_no_code_with_the_matching():
    tree = ast.parse(getsource(stability))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert modules <= {"collections.abc", "dataclasses", "typing"}
