"""Addresses of our own static files. Each carries a digest of its content, so that browsers may keep it for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path
from wsgiref.headers import Headers

from flask import Flask, url_for
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"


@lru_cache(maxsize=256)
def _digest(path: str, changed: int) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def asset(path: str) -> str:
    """The address of `path` under `static/`, with its digest.

    Raises:
        FileNotFoundError: there is no such file; a page that names one is broken.
    """
    changed = (STATIC / path).stat().st_mtime_ns
    return url_for("ui.static", filename=path, v=_digest(path, changed))


def vendor(name: str) -> str:
    """The address of a file that set-up fetches into `static/vendor/`; an empty string before that."""
    return asset(f"vendor/{name}") if (STATIC / "vendor" / name).is_file() else ""


def init_app(app: Flask) -> None:
    """Offer `asset` and `vendor` to templates; serve the files before the application is asked.

    Every address that a page names carries the digest, so a browser may keep what it got for a year.
    """
    app.jinja_env.globals.update(asset=asset, vendor=vendor)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=STATIC,
        prefix="static/",
        autorefresh=app.debug,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_harden,
    )


def _harden(headers: Headers, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
