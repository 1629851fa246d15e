"""Unified social credit codes: the 18 characters by which China names an enterprise, and their check character.

GB 32100-2015: registering department (1), kind of body (1), division of registration by GB/T 2260 (6), organisation
code by GB 11714 (9), check character (1). The check character brings the sum of all characters, each with its weight
3^i mod 31, to a multiple of 31. The alphabet has 31 characters; it leaves out I, O, S, V and Z.
"""

from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))


class Fault(StrEnum):
    """Why a code cannot be one."""

    LENGTH = "length"
    CHARACTER = "character"
    CHECK = "check"


def normal(code: str) -> str:
    """The code as it is kept: capital letters, without spaces and hyphens, full-width characters made plain."""
    plain = "".join(chr(ord(sign) - 0xFEE0) if "\uff01" <= sign <= "\uff5e" else sign for sign in code)
    return "".join(sign for sign in plain.upper() if not sign.isspace() and sign != "-")


def check_character(first_17: str) -> str:
    """The check character that belongs to the first 17. Raises ValueError for characters outside the alphabet."""
    total = sum(ALPHABET.index(sign) * weight for sign, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def fault_of(code: str) -> Fault | None:
    """What is wrong with a code in its normal form; None where nothing is."""
    if len(code) != LENGTH:
        return Fault.LENGTH
    if any(sign not in ALPHABET for sign in code):
        return Fault.CHARACTER
    if check_character(code[:-1]) != code[-1]:
        return Fault.CHECK
    return None


def division_of(code: str) -> str:
    """The GB/T 2260 code of the province in which the body is registered, as six digits (330000); "" if there is none.

    Characters 3 and 4 name the province; 10 is the national register.
    """
    province = code[2:4]
    return f"{province}0000" if province.isdigit() and province != "10" else ""
