"""What machines and printers fetch: paper, QR code, signed credential, published keys, list of revocations."""

import json
from typing import Any

from flask import Blueprint, Response, abort

from app.accounts.guards import public
from app.clock import received, today
from app.credentials import paper, queries, services
from app.credentials.models import Certificate, CertificateState
from app.credentials.rules import badges, signatures
from app.errors import Refused

bp = Blueprint("files", __name__)

HOUR, MINUTES = 3600, 300
MEDIA_TYPE = "application/vc+jwt"


class NoPaper(Refused):
    """Paper would go on saying what no longer holds."""

    def __init__(self, state: CertificateState) -> None:
        super().__init__(services.NO_PAPER[state])


@bp.route("/certificates/<code>/certificate.pdf")
@public
def pdf(code: str) -> Response:
    """The certificate on paper, with its credential inside, signed as a whole; none before it can be signed."""
    certificate = _found(code)
    state = certificate.state(today())
    if state in services.NO_PAPER:
        raise NoPaper(state)
    content = paper.pdf(certificate, services.page_of(certificate), services.credential_of(certificate))
    return _file(services.signed_paper(content), "application/pdf", 0, name=f"{certificate.code}.pdf")


@bp.route("/certificates/<code>/qr.svg")
@public
def qr(code: str) -> Response:
    """The address of the page as a QR code."""
    return _file(paper.qr_code(services.page_of(_found(code))), "image/svg+xml", HOUR)


@bp.route("/certificates/<code>/credential.jwt")
@public
def credential(code: str) -> Response:
    """The Open Badge as it was signed."""
    found = _found(code)
    token = services.credential_of(found)
    return _shared(_file(token.encode(), MEDIA_TYPE, MINUTES, name=f"{found.code}.jwt"))


@bp.route("/certificates/<code>/credential.json")
@public
def readable(code: str) -> Response:
    """What the credential says, for reading; the signature is in the other file."""
    return _shared(_json(signatures.payload_of(services.credential_of(_found(code))), MINUTES))


@bp.route("/certificates/issuer.json")
@public
def issuer() -> Response:
    """Who signs, as credentials name it."""
    said = {"@context": list(badges.CONTEXT), **badges.profile(services.site())}
    return _shared(_json(said, HOUR))


@bp.route("/certificates/status/<int:part>.jwt")
@public
def status(part: int) -> Response:
    """Which of some certificates were revoked, as a signed bit string."""
    if part > services.LAST_PART:
        abort(404)
    return _shared(_file(services.status_list(part, received()).encode(), MEDIA_TYPE, MINUTES))


@bp.route("/.well-known/jwks.json")
@public
def keys() -> Response:
    """Every key that signs or ever signed, for checking without this site."""
    found = queries.public_keys().items()
    listed = [{**jwk, "kid": kid, "alg": signatures.ALGORITHM, "use": "sig"} for kid, jwk in found]
    return _shared(_json({"keys": listed}, MINUTES))


def _found(code: str) -> Certificate:
    certificate = queries.credential_by_code(services.normal_code(code))
    if certificate is None:
        abort(404)
    return certificate


def _json(said: dict[str, Any], seconds: int) -> Response:
    return _file(json.dumps(said, ensure_ascii=False, indent=2).encode(), "application/json", seconds)


def _file(content: bytes, kind: str, seconds: int, name: str = "") -> Response:
    response = Response(content, mimetype=kind)
    if name:
        response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "private, no-store"
    return response


def _shared(response: Response) -> Response:
    """For pages of other sites, too: what is checked elsewhere has to be readable there."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
