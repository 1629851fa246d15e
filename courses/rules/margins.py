"""Lines of a handed-in text, numbered so that a comment can say which one it is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line by its number, from 1; in prose a line is a paragraph."""

    number: int
    text: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that a comment could be about."""
        return not self.text.strip()


def numbered(text: str) -> tuple[Line, ...]:
    """The lines of a text with their numbers; empty ones count, so that numbers fit what an editor shows."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(Line(number, line) for number, line in enumerate(lines, start=1))


def can_hold_a_note(text: str, line: int) -> bool:
    """Whether a text has this line and the line says something."""
    lines = numbered(text)
    return 1 <= line <= len(lines) and not lines[line - 1].is_empty
