"""Settings, read from the environment once at start. FEATURES names the parts that plug themselves in, lowest first."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent

FEATURES = (
    "app.security",
    "app.i18n",
    "app.errors",
    "app.ui",
    "app.jobs",
    "app.mail",
    "app.files",
    "app.audit",
    "app.reference",
    "app.accounts",
    "app.skills",
    "app.assessment",
    "app.credentials",
    "app.search",
    "courses",
    "internships",
    "competitions",
    "reports",
    "app.home",
    "app.calendar",
    "app.seeding",
)


def settings(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The application's settings. Every name below can be set in the environment; `.env.example` explains each."""
    data_dir = Path(environment.get("DATA_DIR") or ROOT / "instance")
    database_url = environment.get("DATABASE_URL") or f"sqlite:///{data_dir / 'yangfan.db'}"
    if database_url.startswith("sqlite:///") and not environment.get("DATA_DIR"):
        # Two databases never share a cube, a queue or files: what belongs to a SQLite file lies beside it.
        data_dir = Path(database_url.removeprefix("sqlite:///")).resolve().parent
    https = environment.get("HTTPS", "0") == "1"
    return {
        "FEATURES": FEATURES,
        "DATA_DIR": data_dir,
        "SQLALCHEMY_DATABASE_URI": _with_driver(database_url),
        # An error of the database must not carry what people typed into logs.
        "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
        "SECRET_KEY": environment.get("SECRET_KEY") or _kept_secret(data_dir),
        "MAIL_URL": environment.get("MAIL_URL", "console:"),
        "MAIL_FROM": environment.get("MAIL_FROM", "Yangfan <no-reply@localhost>"),
        "JOBS_URL": environment.get("JOBS_URL") or f"sqlite:///{data_dir / 'queue.db'}",
        "CUBE_ENGINE": environment.get("CUBE_ENGINE", "duckdb://"),
        "RATELIMIT_STORAGE_URI": environment.get("RATELIMIT_STORAGE_URI", "memory://"),
        "RATELIMIT_HEADERS_ENABLED": True,
        "PUBLIC_URL": environment.get("PUBLIC_URL", "").rstrip("/"),
        "ICP_NUMBER": environment.get("ICP_NUMBER", ""),
        "PROXIES": int(environment.get("PROXIES", "0")),
        "MAX_CONTENT_LENGTH": int(environment.get("MAX_UPLOAD_MB", "64")) * 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 4_000_000,
        "SESSION_COOKIE_NAME": "yangfan",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "REMEMBER_COOKIE_SECURE": https,
        "PREFERRED_URL_SCHEME": "https" if https else "http",
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "zh",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "app" / "translations"),
        "ARGON2_PROFILE": environment.get("ARGON2_PROFILE", "default"),
        "LOG_LEVEL": environment.get("LOG_LEVEL", "INFO"),
    }


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _kept_secret(data_dir: Path) -> str:
    """A secret made once and kept beside the data, so that a first start needs no configuration."""
    path = data_dir / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
            secret = secrets.token_urlsafe(48)
            handle.write(secret)
            return secret
    except FileExistsError:  # another process was first
        return path.read_text()
