"""Third-party extensions, unbound; `init_app` binds them."""

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect

import config
from app.db import db

login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
migrate = Migrate(compare_type=True, render_as_batch=True)
limiter = Limiter(get_remote_address, strategy="fixed-window")


def init_app(app: Flask) -> None:
    """Bind all but Babel, whose selectors live in `app.i18n`."""
    login.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    migrate.init_app(app, db, directory=str(config.ROOT / "migrations"))
