"""A PDF that is signed as a file: whoever changes one byte of it, be it of what one reads, is found out.

The signature stands in a comment of its own before the end of the file, where readers of PDF pass over it and PDF/A
allows it: `%yangfan-signature <compact JWS>`. It is over the SHA-256 of all other bytes.
"""

import enum
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from joserfc.jwk import OKPKey

from app.credentials.rules import signatures
from app.credentials.rules.signatures import Finding

KIND = "yangfan-paper"
MARK = b"%yangfan-signature "
END = re.compile(rb"%yangfan-signature ([A-Za-z0-9_.-]+)\n(startxref\r?\n[0-9]+\r?\n%%EOF\r?\n?)\Z")
LONGEST_END = 4_096


class PaperFinding(enum.StrEnum):
    """Whether a file is, byte for byte, one that was issued."""

    INTACT = "intact"
    CHANGED = "file changed"
    UNSIGNED = "file not signed"
    UNKNOWN_KEY = "file signed with an unknown key"


def signed(content: bytes, key: OKPKey) -> bytes:
    """A PDF with its signature. The same file and key give the same bytes. Raises ValueError where it has no end."""
    place = content.rindex(b"startxref")
    token = signatures.signed({"kind": KIND, "sha256": _digest(content)}, key).encode()
    return content[:place] + MARK + token + b"\n" + content[place:]


def checked(content: bytes, keys: Mapping[str, Mapping[str, Any]]) -> PaperFinding:
    """Whether one of `keys` (public JWK by thumbprint) signed a PDF as it is."""
    found = END.search(content, max(0, len(content) - LONGEST_END))
    if found is None:
        return PaperFinding.CHANGED if MARK.strip() in content else PaperFinding.UNSIGNED
    verdict = signatures.opened(found[1].decode(), keys)
    if verdict.finding is Finding.UNKNOWN_KEY:
        return PaperFinding.UNKNOWN_KEY
    said = {"kind": KIND, "sha256": _digest(content[: found.start()] + found[2])}
    return PaperFinding.INTACT if verdict.payload == said else PaperFinding.CHANGED


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
