"""Security headers. Everything a page needs is served by ourselves, so the policy names no other host."""

from flask import Flask, Response, abort, request

from app.db import READING_METHODS

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; "
    "connect-src 'self'; media-src 'self' data:; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def init_app(app: Flask) -> None:
    """Add the headers to every answer; a view that set its own policy (a downloaded file) keeps it."""

    @app.before_request
    def refuse_nul() -> None:
        # No text holds it, no database of ours keeps it, and what does not show in a page should not be in one.
        sent = [value for _name, value in request.args.items(multi=True)]
        if request.method not in READING_METHODS:
            sent += [value for _name, value in request.form.items(multi=True)]
            sent += [file.filename or "" for _name, file in request.files.items(multi=True)]
        if any("\x00" in value for value in sent):
            abort(400)

    @app.after_request
    def add_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.mimetype == "text/html":
            # Pages differ by person and hold personal data: neither a proxy nor the back button may show an old one.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def own_path(target: str | None, otherwise: str = "/") -> str:
    """`target` if it is a path on this site, else `otherwise`; for addresses that come with a request.

    Browsers drop control characters and read a backslash as a slash, so either could turn a path into another host.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return otherwise
    return otherwise if "\\" in target or any(ord(sign) < 0x20 or ord(sign) == 0x7F for sign in target) else target
