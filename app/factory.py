"""create_app(): settings, extensions, then each feature by its name."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from app import clock, extensions, logs
from app.db import db
from app.registry import Registry


def create_app(changes: Mapping[str, Any] | None = None) -> Flask:
    """The application. `changes` override settings, for tests and tools."""
    app = Flask("app", static_folder=None, template_folder=None, root_path=str(config.ROOT))
    app.config.update(config.settings())
    app.config.update(changes or {})
    app.url_map.strict_slashes = True
    logs.init_app(app)
    clock.init_app(app)
    db.init_app(app)
    extensions.init_app(app)
    app.extensions["registry"] = Registry()
    for name in app.config["FEATURES"]:
        import_module(name).init_app(app)
    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app
