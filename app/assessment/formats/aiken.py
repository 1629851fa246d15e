"""Aiken: a question, its options `A.` or `A)` with a space, a line `ANSWER: B`."""

import re
from collections.abc import Collection, Iterator

from app.assessment.formats.items import MAX_TEXT, Item, ItemRefused, Reason, Refusal, excerpt, taken
from app.assessment.rules.content import Format, Option, Single

_OPTION = re.compile(r"([A-Z])[.)](?:\s+(.*))?", re.DOTALL)
_ANSWER = re.compile(r"ANSWER:\s*([A-Z])")
_LIKE_ANSWER = re.compile(r"answer\s*[:：].*", re.IGNORECASE | re.DOTALL)


def read(text: str, skills: Collection[str] = ()) -> Iterator[Item | Refusal]:
    """The items of an Aiken text, in its order. Never raises; `skills` has no use, as Aiken has no tags."""
    reader = _Reader()
    for number, row in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        yield from reader.take(number, row.strip())
    yield from reader.finish()


class _Reader:
    """The item being read, line by line."""

    def __init__(self) -> None:
        self._count = 0
        self._start()

    def _start(self) -> None:
        self._line = 0
        self._text: list[str] = []
        self._options: list[str] = []
        self._after_blank = False
        self._wrong: ItemRefused | None = None

    def take(self, line: int, row: str) -> Iterator[Item | Refusal]:
        """Take in one line; yields the item that it ends."""
        if not row:
            self._after_blank = True
            return
        option = _OPTION.fullmatch(row)
        if _LIKE_ANSWER.fullmatch(row):
            self._line = self._line or line
            yield self._finish(row)
        elif option:
            self._line = self._line or line
            if ord(option[1]) - ord("A") != len(self._options):
                self._wrong = self._wrong or ItemRefused(Reason.OPTION_ORDER, text=option[1])
            self._options.append((option[2] or "").strip())
        else:
            if self._after_blank:
                yield from self.finish()
            elif self._options:
                self._wrong = self._wrong or ItemRefused(Reason.BROKEN_OPTIONS, text=row)
                return
            self._line = self._line or line
            self._text.append(row)
        self._after_blank = False

    def finish(self) -> Iterator[Item | Refusal]:
        """End the item that no ANSWER line ended, if there is one."""
        if self._line:
            yield self._finish(None)
        self._after_blank = False

    def _finish(self, answer: str | None) -> Item | Refusal:
        self._count += 1
        count, line, text, options, wrong = self._count, self._line, "\n".join(self._text), self._options, self._wrong
        self._start()
        try:
            if wrong:
                raise wrong
            return taken(count, line, _content(text, options, answer))
        except ItemRefused as refused:
            return Refusal(count, line, excerpt(text), refused.remark)


def _content(text: str, options: list[str], answer: str | None) -> Single:
    if not text:
        raise ItemRefused(Reason.NO_QUESTION)
    if len(text) + sum(map(len, options)) > MAX_TEXT:
        raise ItemRefused(Reason.TOO_LONG, limit=MAX_TEXT)
    if not options:
        raise ItemRefused(Reason.NO_OPTIONS)
    if answer is None:
        raise ItemRefused(Reason.NO_ANSWER_LINE)
    named = _ANSWER.fullmatch(answer)
    if not named:
        raise ItemRefused(Reason.ANSWER_LINE, text=answer)
    right = ord(named[1]) - ord("A")
    if right >= len(options):
        raise ItemRefused(Reason.ANSWER_NOT_OPTION, text=named[1])
    return Single(
        text=text,
        format=Format.PLAIN,
        options=tuple(
            Option(key=chr(ord("a") + place), text=option, fraction=float(place == right))
            for place, option in enumerate(options)
        ),
    )
