"""Five hundred people begin an exam in one minute; a third lose the network, the server is killed: nothing is lost."""

import pytest

from bench import exam
from bench.world import World

PEOPLE = 500


@pytest.mark.slow
def test_no_acknowledged_answer_is_lost_in_an_exam_of_five_hundred(empty_database, tmp_path):
    world = World(1, empty_database.replace("postgresql://", "postgresql+psycopg://"), tmp_path / "data")
    outcome, problems = exam.play(world, PEOPLE, exam.Rules())
    assert problems == []
    assert outcome.lost == 0
    assert (outcome.handed_in, outcome.acknowledged) == (PEOPLE, PEOPLE * exam.QUESTIONS)
    assert outcome.resent > 0
