"""What courses plants into the demo world: three years of learning, and answers that wait for a person's mark."""

from app.db import analyse
from app.seeding.world import World
from app.skills import services as skills
from courses import services
from courses.seeds.borrowing import plant_borrowing
from courses.seeds.discussions import plant_discussions
from courses.seeds.handing_in import plant_handing_in
from courses.seeds.kinds import plant_kinds
from courses.seeds.learning import answer_to, plant_learning, terms
from courses.seeds.writing import plant_writing

__all__ = ["answer_to", "plant_courses", "terms"]


def plant_courses(world: World) -> None:
    """Courses of each university with all that happened in them, and the levels that follow."""
    plant_learning(world)
    analyse()
    plant_writing(world)
    plant_borrowing(world)
    plant_discussions(world)
    plant_handing_in(world)
    plant_kinds(world)
    skills.refresh_everyone(world.today, lambda done, total: world.say("levels", done, total))
    services.certify_completed()
