"""A certificate as a PDF for archive and for screen readers (PDF/A-3a, PDF/UA-1), with the credential inside it."""

import io
import json
import re
import zlib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
from babel.dates import format_date

from app.clock import day_of
from app.credentials.models import Certificate

TEMPLATE = Path(__file__).with_name("certificate.typ")
STANDARDS: list[Literal["ua-1", "a-3a"]] = ["ua-1", "a-3a"]
SKILLS_SHOWN = 12
CRITERIA_SHOWN = 160
LACKING = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
CODE_POINT = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
# Marks of an encoding that come along with pasted text: nobody sees them, and PDF/A refuses them.
NO_SIGNS = dict.fromkeys((0xFEFF, 0xFFFE))
# How often signs that no font has are looked for: each time all that the last attempt reported are replaced.
ATTEMPTS = 6

STREAM = re.compile(rb"stream\r?\n")
TOKEN = re.compile(rb"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
STREAMS_READ, STREAM_BYTES = 400, 1_000_000


def qr_code(address: str) -> bytes:
    """A QR code of an address, as SVG."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=2, scale=4, light="#fff", nl=False)
    return out.getvalue()


def pdf(certificate: Certificate, address: str, credential: str | None) -> bytes:
    """The certificate on paper. `address` is its page; the same certificate gives the same bytes.

    A sign that the shipped fonts lack comes from the server's own; one that none has is shown by its number.
    """
    import typst

    said = _said(certificate, address)
    inputs = {"qr": qr_code(address).decode(), "credential": credential or ""}
    fonts = _fonts(system=False)
    for attempt in range(ATTEMPTS):
        if attempt:
            fonts = _fonts(system=True)
        try:
            made: bytes = typst.compile(
                TEMPLATE,
                font_paths=fonts,
                pdf_standards=[*STANDARDS],
                sys_inputs={"said": json.dumps(said, ensure_ascii=False).translate(NO_SIGNS), **inputs},
                timestamp=int(certificate.issued_at.timestamp()),
            )
            return made
        except typst.TypstError as error:
            lacking = {sign for text in LACKING.findall(error.diagnostic) for sign in _unescaped(text)}
            if not lacking or attempt == ATTEMPTS - 1:
                raise
            if attempt:
                shown = {name: _numbered(value, lacking) for name, value in said.items() if name != "document"}
                said |= shown | {"replaced": True}
    raise AssertionError("the last attempt returns or raises")


@cache
def _fonts(system: bool) -> Any:
    import pylopdf_fonts_zh_cn
    import typst

    folder = pylopdf_fonts_zh_cn.serif_path().parent
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[str(folder)])


def _unescaped(text: str) -> str:
    return CODE_POINT.sub(lambda found: chr(int(found[1], 16)), text)


def _numbered(value: Any, lacking: set[str]) -> Any:
    """Words with their lacking signs by number; what is no word stays."""
    if isinstance(value, str):
        return "".join(f"〔U+{ord(sign):04X}〕" if sign in lacking else sign for sign in value)
    if isinstance(value, list):
        return [{name: _numbered(part, lacking) for name, part in one.items()} for one in value]
    return value


def _said(certificate: Certificate, address: str) -> dict[str, Any]:
    issued = day_of(certificate.issued_at)
    until = certificate.valid_until
    holder, title_zh = certificate.holder, certificate.title_zh
    return {
        "document": f"{title_zh} · {holder}",
        "author": certificate.issuer_zh,
        "address": address,
        "shown": re.sub(r"^https?://", "", address),
        "alt": f"二维码，内容为本证书网页的地址 / QR code of the address of this certificate: {address}",
        "code": certificate.code,
        "holder": holder,
        "name_size": _size(holder, 30, 22),
        "title_zh": title_zh,
        "title_en": certificate.title_en if certificate.title_en != title_zh else "",
        "title_size": _size(title_zh, 20, 30),
        "criteria_zh": _shortened(certificate.criteria_zh, CRITERIA_SHOWN),
        "criteria_en": _shortened(certificate.criteria_en, CRITERIA_SHOWN * 2),
        "skills": [
            {"name_zh": skill["name_zh"], "name_en": skill["name_en"], "level": str(skill["level"])}
            for skill in certificate.skills[:SKILLS_SHOWN]
        ],
        "more": max(len(certificate.skills) - SKILLS_SHOWN, 0),
        "issuer_zh": certificate.issuer_zh,
        "issuer_en": certificate.issuer_en,
        "issued_zh": format_date(issued, "y年M月d日", locale="zh"),
        "issued_en": format_date(issued, "d MMMM y", locale="en"),
        "until_zh": f"有效期至 {format_date(until, 'y年M月d日', locale='zh')}" if until else "长期有效",
        "until_en": f"Valid until {format_date(until, 'd MMMM y', locale='en')}" if until else "No end of validity",
        "year": issued.year,
        "month": issued.month,
        "day": issued.day,
        "replaced": False,
    }


def _size(text: str, size: int, fitting: int) -> float:
    """A size in points at which the text stays in one or two lines; a Chinese sign is as wide as two letters."""
    width = sum(1.0 if ord(sign) > 0x2E7F else 0.55 for sign in text)
    return round(max(size * min(1.0, fitting / max(width, 1)), 10), 1)


def _shortened(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else words[: most - 1] + "…"


def credential_in(content: bytes) -> str | None:
    """The credential that a PDF of ours carries, if `content` is one: the first attachment that looks like it."""
    for start in list(STREAM.finditer(content))[:STREAMS_READ]:
        try:
            text = zlib.decompressobj().decompress(content[start.end() :], STREAM_BYTES)
        except zlib.error:
            text = content[start.end() : start.end() + STREAM_BYTES]
        found = TOKEN.match(text)
        if found:
            return found[0].decode()
    return None
