"""Asking a pack of some facts: what it finds, with article, figures and the place of the field that decided."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from internships.rules.law.facts import Stated, name_of
from internships.rules.law.packs import Mark, Pack, Rule
from internships.rules.law.verdicts import CHECKS, Outcome, Verdict
from internships.rules.law.words import Effect, Internship, Moment, Words

UNKNOWN = Words("未填写：{fact}，须由人核实。", "Not stated: {fact}; a person must attest it.")
RECALLED = Words("（条号凭记忆，未核对）", " (number recalled)")
BY_REFERENCE = Words("（参照）", " (by reference)")


@dataclass(frozen=True)
class Finding:
    """What a rule says of some facts.

    `effect` is what the finding does. A rule that would refuse, and one that asks for a person's word, ask for that
    word where the fact is missing. `field` is the place of the fact that decided or is missing.
    """

    rule: str
    part: str
    pack: str
    article: Words
    moment: Moment
    effect: Effect
    outcome: Outcome
    text: Words
    field: str
    source: str
    mark: Mark

    @property
    def key(self) -> str:
        """What an attestation of it names."""
        return f"{self.rule}/{self.part}"

    @property
    def blocks(self) -> bool:
        """Whether nothing may go on: refused, not attested, or against what would have to be attested.

        What is only recalled asks for a person's word as well, but never stands in the way.
        """
        return self.effect is Effect.REFUSE or (self.effect is Effect.ATTEST and self.mark is not Mark.RECALLED)

    @property
    def may_be_attested(self) -> bool:
        """Whether a person's word settles it: only where a fact is missing, never against a fact that is stated."""
        return self.effect is Effect.ATTEST and self.outcome is Outcome.UNKNOWN

    def record(self) -> dict[str, Any]:
        """The finding as plain values, to be kept beside the decision that it led to."""
        return {
            **asdict(self),
            "article": self.article._asdict(),
            "text": self.text._asdict(),
            "key": self.key,
            "blocks": self.blocks,
        }


@dataclass(frozen=True)
class Judgement:
    """All that a pack says of some facts: findings, rules that warn but could not be judged, and keys of those kept.

    `attested` holds the keys of the rules that were settled by a person's word.
    """

    pack: str
    moment: Moment
    findings: tuple[Finding, ...]
    unknown: tuple[Finding, ...]
    kept: tuple[str, ...]
    attested: tuple[str, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What stands in the way."""
        return tuple(one for one in self.findings if one.blocks)

    @property
    def refused(self) -> tuple[Finding, ...]:
        """What is refused with an article."""
        return tuple(one for one in self.findings if one.effect is Effect.REFUSE)

    @property
    def to_attest(self) -> tuple[Finding, ...]:
        """What waits for a person's word."""
        return tuple(one for one in self.findings if one.may_be_attested)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is only said."""
        return tuple(one for one in self.findings if one.effect is Effect.WARN)


def judge(pack: Pack, moment: Moment, facts: Stated, attested: Collection[str] = ()) -> Judgement:
    """What the rules of `pack` for a moment say of the facts.

    A rule is asked if it covers the kind of internship; one that nobody has named is work in a post. Where a fact is
    missing, a rule that refuses or attests becomes a finding with the effect attest, unless its key is among
    `attested`; a rule that only warns goes to `unknown`. Nothing passes in silence that could have been refused.
    """
    findings: list[Finding] = []
    unknown: list[Finding] = []
    kept: list[str] = []
    settled: list[str] = []
    for rule in pack.rules:
        if rule.moment is not moment or (facts.internship or Internship.POST) not in rule.covers:
            continue
        verdict = CHECKS[rule.check].function(facts, **rule.parameters)
        if verdict.outcome is Outcome.KEPT:
            kept.append(rule.key)
        elif verdict.outcome is Outcome.BROKEN:
            findings.append(_finding(rule, facts, verdict, rule.effect))
        elif rule.effect is Effect.WARN:
            unknown.append(_finding(rule, facts, verdict, rule.effect))
        elif rule.key in attested:
            settled.append(rule.key)
        else:
            findings.append(_finding(rule, facts, verdict, Effect.ATTEST))
    return Judgement(pack.id, moment, tuple(findings), tuple(unknown), tuple(kept), tuple(settled))


def _finding(rule: Rule, facts: Stated, verdict: Verdict, effect: Effect) -> Finding:
    return Finding(
        rule=rule.id,
        part=rule.part,
        pack=rule.pack,
        article=_article(rule),
        moment=rule.moment,
        effect=effect,
        outcome=verdict.outcome,
        text=Words(*(_said(rule, facts, verdict, language) for language in Words._fields)),
        field=verdict.field,
        source=rule.source,
        mark=rule.mark,
    )


def _article(rule: Rule) -> Words:
    """The text and its article, saying so if its number is only recalled or the text was written for other schools."""
    zh, en = rule.document.zh + rule.article.zh, f"{rule.document.en} {rule.article.en}".strip()
    if rule.article_mark is Mark.RECALLED:
        zh, en = zh + RECALLED.zh, en + RECALLED.en
    if rule.by_reference:
        zh, en = zh + BY_REFERENCE.zh, en + BY_REFERENCE.en
    return Words(zh, en)


def _said(rule: Rule, facts: Stated, verdict: Verdict, language: str) -> str:
    """What the rule asks, then what was found."""
    text: str = getattr(rule.text, language)
    if verdict.outcome is Outcome.UNKNOWN:
        found = getattr(UNKNOWN, language).format(fact=getattr(name_of(facts, verdict.field), language))
    else:
        figures = {name: getattr(words, language) for name, words in verdict.figures.items()}
        found = getattr(rule.broken, language).format(**figures)
    return f"{text}{found}" if language == "zh" else f"{text} {found}"
