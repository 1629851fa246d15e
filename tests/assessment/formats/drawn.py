"""Questions of every type drawn by hypothesis, and answers to try on them: right, partly right, wrong, none."""

from dataclasses import fields, replace
from decimal import Decimal

from hypothesis import strategies as st

from app.assessment.rules.content import (
    Area,
    Attachment,
    Calculated,
    CalculatedAnswer,
    Choice,
    Cloze,
    Description,
    Essay,
    FileUpload,
    Format,
    Gap,
    Hotspot,
    Layout,
    Matching,
    Multiple,
    Numeric,
    NumericAnswer,
    Option,
    Ordering,
    QuestionKind,
    Rounding,
    Shape,
    ShortText,
    Single,
    TextAnswer,
    ToleranceKind,
    TrueFalse,
    Unit,
    Variable,
    letter,
    letters_hiding_order,
    matched,
)
from app.assessment.rules.drawing import draw

PICTURE = Attachment(name="图-1.png", media_type="image/png", data="iVBORw0KGgo=")
SOUND = Attachment(name="a.mp3", media_type="audio/mpeg", data="SUQz")
# Every sign that means something in one of the notations.
NASTY = "{}~=#:%\\[]<>&\"'/*-;!_ \nn1aB图（；→"
FORMATS = st.sampled_from(list(Format))
SHARES = st.sampled_from([0.0, 0.0, 0.5, 1 / 3, 0.25, 0.9, 1.0])
COSTS = st.sampled_from([0.0, 0.0, -0.5, -1 / 3, -1.0])


def words(signs=NASTY, most=12, least=1):
    """Texts without white space around them."""
    return (
        st.text(st.sampled_from(signs), min_size=least, max_size=most)
        .map(str.strip)
        .filter(lambda text: len(text) >= least and "[[" not in text)
    )


def numbers():
    return st.one_of(
        st.decimals(-10_000, 10_000, places=3),
        st.integers(-1000, 1000).map(Decimal),
        st.sampled_from([Decimal("1E+3"), Decimal("0.1"), Decimal("-2.50E-9"), Decimal(10) ** 8]),
    )


class Draw:
    """Draws the parts of one question."""

    def __init__(self, draw, signs, format, own_formats):
        self.draw = draw
        self.signs = signs
        self.format = format
        self.own_formats = own_formats

    def text(self, **kwargs):
        return self.draw(words(self.signs, **kwargs))

    def distinct(self, least=2, most=5, **kwargs):
        return self.draw(st.lists(words(self.signs, **kwargs), min_size=least, max_size=most, unique=True))

    def own(self, text):
        """A format for a part; None where it is the question's."""
        if not text or not self.own_formats:
            return None
        format = self.draw(FORMATS)
        return None if format is self.format else format

    def said(self):
        text = self.text(least=0) if self.draw(st.booleans()) else ""
        return {"feedback": text, "feedback_format": self.own(text)}

    def common(self, files=()):
        general = self.text(least=0) if self.draw(st.booleans()) else ""
        text = self.text(most=30)
        if not any(sign.isalnum() for sign in text):
            text += "a"  # of signs alone Markdown may make nothing, and a question has to say something
        for file in files:
            if self.draw(st.booleans()):
                text += f' <img src="@@PLUGINFILE@@/{file.name}" alt="x">'
        return {
            "text": text,
            "format": self.format,
            "general_feedback": general,
            "general_feedback_format": self.own(general),
            "right_feedback": self.draw(st.sampled_from(["", "ok"])),
            "partly_feedback": self.draw(st.sampled_from(["", "nearly"])),
            "wrong_feedback": self.draw(st.sampled_from(["", "no"])),
            "points": self.draw(st.sampled_from([1.0, 2.5, 3.0])),
            "attachments": tuple(files),
            "hints": self.draw(st.sampled_from([(), ("think",), ("think", "harder")])),
            "penalty": self.draw(st.sampled_from([0.3333333, 0.0, 0.1, 1.0])),
        }

    def options(self, shares):
        texts = self.distinct(least=len(shares), most=len(shares))
        return tuple(
            Option(key=letter(place), text=text, fraction=share, format=self.own(text), **self.said())
            for place, (text, share) in enumerate(zip(texts, shares, strict=True))
        )

    def single(self):
        shares = [1.0, *self.draw(st.lists(st.one_of(SHARES, COSTS), min_size=1, max_size=4))]
        return {"options": self.options(self.draw(st.permutations(shares))), "shuffle": self.draw(st.booleans())}

    def multiple(self):
        right = self.draw(st.sampled_from([[1.0], [0.5, 0.5], [1 / 3] * 3, [0.25, 0.75]]))
        shares = right + self.draw(st.lists(COSTS, min_size=1, max_size=3))
        return {"options": self.options(self.draw(st.permutations(shares))), "shuffle": self.draw(st.booleans())}

    def numeric(self, overlap=True):
        given = self.draw(st.lists(numbers(), min_size=1, max_size=3, unique=True))
        widths = st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("1E+1")] if overlap else [Decimal(0)])
        answers = [
            NumericAnswer(
                value=value,
                fraction=1.0 if not place else self.draw(SHARES),
                tolerance=self.draw(widths),
                **self.said(),
            )
            for place, value in enumerate(given)
        ]
        if overlap and self.draw(st.booleans()):
            answers.append(NumericAnswer(value=None, fraction=self.draw(st.sampled_from([0.0, 0.5])), **self.said()))
        return {"answers": tuple(answers)}

    def units(self):
        return self.draw(
            st.sampled_from([(), (Unit(name="kg"), Unit(name="g", multiplier=Decimal("0.001"))),
                             (Unit(name="m"), Unit(name="尺", multiplier=Decimal("0." + 25 * "3")))])
        )  # fmt: skip

    def short_text(self, signs=None):
        texts = self.draw(st.lists(words(signs or self.signs.replace("*", "")), min_size=1, max_size=4, unique=True))
        answers = [
            TextAnswer(text=text, fraction=1.0 if not place else self.draw(SHARES), **self.said())
            for place, text in enumerate(texts)
        ]
        return {"answers": tuple(answers), "match_case": self.draw(st.booleans())}

    def gap(self, key, several, overlap):
        kinds = ["single", "numeric", "short_text", *(["multiple"] if several else [])]
        kind = self.draw(st.sampled_from(kinds))
        plain = Draw(self.draw, self.signs, self.format, own_formats=False)
        inside = plain.numeric(overlap) if kind == "numeric" else getattr(plain, kind)()
        cls = {"single": Single, "multiple": Multiple, "numeric": Numeric, "short_text": ShortText}[kind]
        layouts = {"single": list(Layout), "multiple": [Layout.VERTICAL, Layout.HORIZONTAL]}
        return Gap(
            key=key,
            part=cls(text="", format=self.format, **inside),
            weight=self.draw(st.sampled_from([1.0, 1.0, 2.0, 3.0])),
            layout=self.draw(st.sampled_from(layouts.get(kind, [Layout.DROPDOWN]))),
        )


@st.composite
def contents(draw, kind, signs=NASTY, formats=FORMATS, own_formats=True, several_in_gaps=True, overlap=True):
    """A question of `kind` that has no problem, in the form in which readers give it."""
    make = Draw(draw, signs, draw(formats), own_formats)
    files = draw(st.sampled_from([(), (PICTURE,), (PICTURE, SOUND)]))
    common = make.common(files)
    match kind:
        case QuestionKind.SINGLE:
            return Single(**common, **make.single())
        case QuestionKind.MULTIPLE:
            return Multiple(**common, **make.multiple())
        case QuestionKind.TRUE_FALSE:
            one, other = make.said(), make.said()
            return TrueFalse(
                **common,
                right=draw(st.booleans()),
                feedback_true=one["feedback"],
                feedback_true_format=one["feedback_format"],
                feedback_false=other["feedback"],
                feedback_false_format=other["feedback_format"],
            )
        case QuestionKind.NUMERIC:
            return Numeric(**common, **make.numeric(overlap), units=make.units())
        case QuestionKind.CALCULATED:
            count = draw(st.integers(1, 3))
            lists = st.lists(st.decimals(1, 100, places=1), min_size=count, max_size=count).map(tuple)
            common["text"] = draw(st.sampled_from(["{a} + {b}?", "{a} × {b} = {={a}*{b}}?"]))
            answers = tuple(
                CalculatedAnswer(
                    formula=formula,
                    fraction=1.0 if not place else draw(SHARES),
                    tolerance=draw(st.sampled_from([Decimal(0), Decimal("0.01")])),
                    tolerance_kind=draw(st.sampled_from(list(ToleranceKind))),
                    digits=draw(st.integers(0, 4)),
                    rounding=draw(st.sampled_from(list(Rounding))),
                    **make.said(),
                )
                for place, formula in enumerate(
                    draw(st.lists(st.sampled_from(["{a}+{b}", "{a} * (1 + {b} / 100)", "sqrt({a})"]),
                                  min_size=1, max_size=2, unique=True))
                )
            )  # fmt: skip
            variables = tuple(Variable(name=name, values=draw(lists)) for name in ("a", "b"))
            return Calculated(**common, answers=answers, variables=variables, units=make.units())
        case QuestionKind.SHORT_TEXT:
            return ShortText(**common, **make.short_text())
        case QuestionKind.MATCHING:
            choices = make.distinct(least=2)
            rows = [(row, make.own(row), draw(st.sampled_from(choices))) for row in make.distinct(least=1, most=4)]
            used = {choice for _, _, choice in rows}
            pairs, made = matched(rows, [choice for choice in choices if choice not in used])
            return Matching(**common, pairs=pairs, choices=made, shuffle=draw(st.booleans()))
        case QuestionKind.ORDERING:
            texts = make.distinct()
            keys = letters_hiding_order(texts)
            return Ordering(
                **common, items=tuple(Choice(key=keys[text], text=text, format=make.own(text)) for text in texts)
            )
        case QuestionKind.CLOZE:
            count = draw(st.integers(1, 3))
            gaps = tuple(make.gap(str(number), several_in_gaps, overlap) for number in range(1, count + 1))
            common["text"] += "".join(f" [[{gap.key}]] {make.text(least=0)}" for gap in gaps).rstrip()
            return Cloze(**common, gaps=gaps)
        case QuestionKind.ESSAY:
            return Essay(**common, guide=make.text(least=0), template=make.text(least=0))
        case QuestionKind.FILE:
            suffixes = draw(st.sampled_from([(), (".pdf",), (".pdf", ".docx")]))
            return FileUpload(**common, guide=make.text(least=0), suffixes=suffixes, most=draw(st.integers(1, 4)))
        case QuestionKind.HOTSPOT:
            areas = (
                Area(key="a", shape=Shape.RECTANGLE, coordinates=(0, 0, 50, 40), fraction=0, text="A", **make.said()),
                Area(key="b", shape=Shape.CIRCLE, coordinates=(70, 70, 9), fraction=0, text="B", **make.said()),
                Area(key="c", shape=Shape.POLYGON, coordinates=(1, 50, 9, 50, 5, 90), fraction=0, text="C"),
                Area(key="d", shape=Shape.ELLIPSE, coordinates=(80, 20, 9, 5), fraction=0, text="D"),
            )
            several = draw(st.booleans())
            shares = draw(st.permutations([0.5, 0.5, 0.0, -0.5] if several else [1.0, 0.5, 0.0, 0.0]))
            areas = tuple(replace(area, fraction=share) for area, share in zip(areas, shares, strict=True))
            common["attachments"] = (PICTURE,)
            return Hotspot(**common, picture=PICTURE.name, width=100, height=100, areas=areas, several=several)
        case _:
            return Description(**common)


def answers_to(content):
    """Answers by key: each option, all, none; accepted numbers and forms, what lies beside them; parts of the whole."""
    match content:
        case Single():
            return [None, "", "?", *(option.key for option in content.options)]
        case Multiple():
            keys = [option.key for option in content.options]
            right = [option.key for option in content.options if option.fraction > 0]
            return [None, [], keys, right, right[:1], *([key] for key in keys), *([*right, key] for key in keys)]
        case TrueFalse():
            return [None, True, False]
        case Numeric():
            given = [answer.value for answer in content.answers if answer.value is not None]
            beside = [value + Decimal("0.005") for value in given]
            return [
                None,
                "",
                "x",
                "999999",
                *map(str, [*given, *beside]),
                *(f"{given[0]}{u.name}" for u in content.units),
            ]
        case Calculated():
            return answers_to(draw(content, 0))
        case ShortText():
            forms = [answer.text.replace("\\*", "*") for answer in content.answers]
            return [None, "", "zzz", *forms, *(form.swapcase() for form in forms), *(f" {form} " for form in forms)]
        case Matching():
            right = {pair.key: pair.choice for pair in content.pairs}
            first = content.choices[0].key
            return [None, {}, right, dict(list(right.items())[:1]), dict.fromkeys(right, first)]
        case Ordering():
            keys = [item.key for item in content.items]
            return [None, [], keys, keys[::-1], keys[1:] + keys[:1]]
        case Cloze():
            per_gap = {gap.key: answers_to(gap.part) for gap in content.gaps}
            tried = [{key: given[place % len(given)] for key, given in per_gap.items()} for place in range(12)]
            return [None, {}, *tried, *({key: given[-1]} for key, given in per_gap.items())]
        case Hotspot():
            keys = [area.key for area in content.areas]
            return [None, *keys, *([keys, keys[:2], keys[1:3]] if content.several else [])]
        case FileUpload():
            return [None, {"files": [1]}]
        case _:
            return [None, "", "some words"]


def without(content, **changes):
    """`content` with those of `changes` that its type has."""
    known = {field.name for field in fields(content)}
    return replace(content, **{name: value for name, value in changes.items() if name in known})
