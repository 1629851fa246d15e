"""Several people at one moment: an application whose commits are real, and acts in threads of their own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from flask import Flask

from app.db import db, utcnow
from app.errors import Refused
from tests.conftest import settings_for


@contextmanager
def committing(database_url: str, data_dir: Path) -> Iterator[tuple[Flask, Any]]:
    """An application with its own database in which the reference data and the cast stand, and the cast."""
    from app.clock import today
    from app.factory import create_app
    from app.reference import services as reference
    from app.seeding.cast import plant

    app = create_app(settings_for(database_url, data_dir))
    app.extensions["wake_worker"] = lambda: None
    with app.app_context():
        db.create_all()
        reference.load()
        cast = plant(utcnow(), today())
        db.session.commit()
        yield app, cast
        db.session.remove()
        db.engine.dispose()


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[type[Refused] | None]:
    """Do each act in a thread of its own at one moment and commit; what each was refused by, or None."""
    gate = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> type[Refused] | None:
        with app.app_context():
            gate.wait()
            try:
                act()
                db.session.commit()
            except Refused as refusal:
                db.session.rollback()
                return type(refusal)
            finally:
                db.session.remove()
            return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))
