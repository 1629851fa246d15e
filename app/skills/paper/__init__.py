"""A skill passport as a PDF that screen readers can read (PDF/UA-1)."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from app.reference.models import Skill
from app.skills.models import SkillEstimate

TEMPLATE = Path(__file__).with_name("passport.typ")


def pdf(lines: Sequence[tuple[SkillEstimate, Skill]], holder: str, as_of: date) -> bytes:
    """The passport on paper: skills by family with the level shown; no name where `holder` is empty."""
    import typst

    families = []
    for _family, found in groupby(lines, key=lambda line: line[1].family):
        part = list(found)
        families.append(
            {
                "name_zh": part[0][1].family_zh,
                "name_en": part[0][1].family_en,
                "lines": [
                    {
                        "name_zh": skill.name_zh,
                        "name_en": skill.name_en,
                        "level": str(estimate.shown) if estimate.shown else "–",
                        "newest": f"{estimate.newest_at:%Y-%m}",
                    }
                    for estimate, skill in part
                ],
            }
        )
    said: dict[str, Any] = {
        "title": "技能护照",
        "holder": holder,
        "families": families,
        "as_of": f"截至 {as_of.isoformat()} · as of {as_of.isoformat()}",
        "year": as_of.year,
        "month": as_of.month,
        "day": as_of.day,
    }
    made: bytes = typst.compile(
        TEMPLATE,
        font_paths=_fonts(),
        pdf_standards=["ua-1"],
        sys_inputs={"said": json.dumps(said, ensure_ascii=False)},
        timestamp=int(datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC).timestamp()),
    )
    return made


@cache
def _fonts() -> Any:
    import pylopdf_fonts_zh_cn
    import typst

    folder = pylopdf_fonts_zh_cn.serif_path().parent
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(folder)])
