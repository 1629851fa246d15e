"""Lessons by module, for pages that show a table of contents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courses.models import Module
from courses.queries import LessonLine

# A module of the working copy, or as a published version tells it.
Part = Module | Mapping[str, object]


@dataclass(frozen=True)
class Group:
    """A module and its lessons; those in no module stand in one without."""

    module: Part | None
    lessons: list[LessonLine]


def grouped(lessons: Sequence[LessonLine], modules: Sequence[Part]) -> list[Group]:
    """Lessons by module, in order; those in no module first."""
    keys = [module["id"] if isinstance(module, Mapping) else module.id for module in modules]
    groups = [Group(None, [lesson for lesson in lessons if lesson.module_id not in keys])]
    for key, module in zip(keys, modules, strict=True):
        groups.append(Group(module, [lesson for lesson in lessons if lesson.module_id == key]))
    return groups
