"""Moments of a video as people write them."""

import re

# 1:30 or 1:02:03, with the colon of either keyboard; 90; 1 分 30 秒, 2 分, 45 秒, 1 小时 2 分.
CLOCK = re.compile(r"(?:(\d{1,2})[:：])?(\d{1,3})[:：]([0-5]?\d(?:\.\d{1,3})?)", re.ASCII)
SECONDS = re.compile(r"\d{1,5}(?:\.\d{1,3})?", re.ASCII)
SPOKEN = re.compile(r"(?:(\d{1,2})(?:小时|时))?(?:(\d{1,3})分钟?)?(?:(\d{1,5})秒)?", re.ASCII)


def seconds_of(typed: str) -> int | float | None:
    """A moment in seconds; None where it is none."""
    text = "".join(typed.split())
    if not text:
        return None
    if SECONDS.fullmatch(text):
        return _number(text)
    found = CLOCK.fullmatch(text) or SPOKEN.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (_number(part or "0") for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def clock_of(seconds: float) -> str:
    """Seconds as minutes:seconds, with their thousandths where there are any."""
    whole, rest = divmod(round(seconds * 1000), 1000)
    return f"{whole // 60}:{whole % 60:02}" + (f".{rest:03}".rstrip("0") if rest else "")


def _number(digits: str) -> int | float:
    return float(digits) if "." in digits else int(digits)
