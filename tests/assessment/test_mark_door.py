"""`flask questions mark`: marks that others can check."""

import json

import pytest
from flask import Flask

from app.assessment.cli import questions

GIFT = """
::tomb::Who's buried in Grant's tomb?{~Grant =no one ~%50%his wife}

::two::Two people?{~%-50%No one ~%50%Grant ~%50%Grant's wife}

::sun::The sun rises in the east.{T}

::year::When was he born?{#=1822:0 =%50%1822:2}

::town::From?{=Nazareth =%75%Nazereth}

::capitals::Match.{=Canada->Ottawa =Italy->Rome =Japan->Tokyo}

::why::Why?{}

::note::Only a text.

::twice::A{T}

::twice::B{F}

::broken::C{=a
"""


@pytest.fixture
def invoke():
    """Runs the door on a JSON value, or on text as it is."""
    app = Flask("doors")
    app.cli.add_command(questions)

    def invoke(given, *options):
        given = given if isinstance(given, str) else json.dumps(given)
        return app.test_cli_runner().invoke(args=["questions", "mark", "-", *options], input=given)

    return invoke


@pytest.mark.parametrize(
    ("question", "answer", "mark", "reason"),
    [
        ("tomb", "no one", 1, "right"),
        ("tomb", "b", 1, "right"),
        ("tomb", "His Wife", 0.5, "partly right"),
        ("tomb", "Grant", 0, "wrong"),
        ("tomb", "nobody", 0, "not a possible answer"),
        ("tomb", None, 0, "not answered"),
        ("two", ["Grant", "Grant's wife"], 1, "right"),
        ("two", ["Grant", "No one"], 0, "wrong"),
        ("sun", True, 1, "right"),
        ("sun", "F", 0, "wrong"),
        ("year", 1822, 1, "right"),
        ("year", "１，８２４", 0.5, "partly right"),
        ("year", "NaN", 0, "not a possible answer"),
        ("town", "nazereth", 0.75, "partly right"),
        ("why", "Because.", None, "needs a person"),
        (9, "T", 1, "right"),
        (10, "T", 0, "wrong"),
    ],
)
def test_an_answer_in_words_is_marked(invoke, question, answer, mark, reason):
    result = invoke({"gift": GIFT, "responses": [{"question": question, "answer": answer}]})

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout) == [{"question": question, "mark": mark, "max": 1, "parts": [], "reason": reason}]


def test_the_rows_of_a_matching_are_told_apart(invoke):
    answer = {"Canada": "Ottawa", "Italy": "Tokyo"}
    (marked,) = json.loads(invoke({"gift": GIFT, "responses": [{"question": "capitals", "answer": answer}]}).stdout)

    assert marked["mark"] == pytest.approx(1 / 3)
    assert marked["parts"] == [
        {"part": "Canada", "mark": 1, "reason": "right"},
        {"part": "Italy", "mark": 0, "reason": "wrong"},
        {"part": "Japan", "mark": 0, "reason": "not answered"},
    ]


def test_a_description_is_worth_nothing(invoke):
    (marked,) = json.loads(invoke({"gift": GIFT, "responses": [{"question": "note", "answer": None}]}).stdout)

    assert (marked["mark"], marked["max"]) == (0, 0)


def test_marks_come_in_the_order_of_the_responses(invoke):
    responses = [{"question": name, "answer": "T"} for name in ("sun", "town", "sun")]

    assert [each["question"] for each in json.loads(invoke({"gift": GIFT, "responses": responses}).stdout)] == [
        "sun", "town", "sun",
    ]  # fmt: skip
    assert json.loads(invoke({"gift": GIFT, "responses": []}).stdout) == []


def test_half_a_character_comes_back_as_it_was_written(invoke):
    result = invoke('{"gift": "::\\ud800::A{T}", "responses": [{"question": "\\ud800", "answer": "\\udfff"}]}')

    assert json.loads(result.stdout)[0]["question"] == "\ud800"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("", "empty"),
        ("no JSON", "row 1"),
        ("[]", "gift"),
        ({"gift": 3, "responses": []}, "gift"),
        ({"gift": "A{T}"}, "responses"),
        ({"gift": "A{T}", "responses": [3]}, "row 1"),
        ({"gift": "A{T}", "responses": [{"question": "A"}]}, "needs question and answer"),
        ({"gift": "A{T}", "responses": [{"question": "B", "answer": 1}]}, "no such question"),
        ({"gift": "A{T}", "responses": [{"question": 0, "answer": 1}]}, "no such question"),
        ({"gift": "A{T}", "responses": [{"question": 2, "answer": 1}]}, "no such question"),
        ({"gift": "A{T}", "responses": [{"question": True, "answer": 1}]}, "no such question"),
        ({"gift": "A{T}", "responses": [{"question": ["A"], "answer": 1}]}, "no such question"),
        ({"gift": GIFT, "responses": [{"question": "twice", "answer": "T"}]}, "give its number"),
        ({"gift": GIFT, "responses": [{"question": "broken", "answer": "a"}]}, "a { is never closed"),
    ],
)
def test_what_cannot_be_marked_is_refused_in_one_line(invoke, given, named):
    result = invoke(given)

    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert named in line


def test_the_marks_can_be_a_table(invoke):
    given = {"gift": GIFT, "responses": [{"question": "sun", "answer": True}, {"question": "why", "answer": "so"}]}
    assert invoke(given, "--format", "csv").stdout.splitlines() == [
        "question,mark,max,reason",
        "sun,1.0,1.0,right",
        "why,,1.0,needs a person",
    ]
