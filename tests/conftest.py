"""What every test stands on: an application, a database that forgets, a client, a way to sign in; no network, no mail.

`TEST_DATABASE` chooses `sqlite` (the default) or `postgresql`; `make test` runs both.
"""

import contextvars
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, has_app_context, session
from flask.testing import FlaskClient
from hypothesis import settings

from tests import postgres

KIND = os.environ.get("TEST_DATABASE", "sqlite")
SOCKETS = "YANGFAN_TEST_POSTGRES"  # where the controller of a parallel run tells its workers the socket folder
# The settings of the person who runs the tests are not those of the tests.
SETTINGS = ("DATABASE_URL", "JOBS_URL", "MAIL_URL", "PUBLIC_URL", "ICP_NUMBER", "CUBE_ENGINE", "HTTPS", "PROXIES")

settings.register_profile("yangfan", deadline=None, print_blob=True)  # a busy machine is no failure
settings.load_profile("yangfan")


def pytest_configure(config: pytest.Config) -> None:
    """Seal the environment; in the process that leads a run on PostgreSQL, start the server for all."""
    for name in SETTINGS:
        os.environ.pop(name, None)
    if hasattr(config, "workerinput"):
        return
    if KIND not in ("sqlite", "postgresql"):
        raise pytest.UsageError(f"TEST_DATABASE is {KIND!r}; it may be sqlite or postgresql")
    # Programs that a test starts keep their data here, not in the checkout.
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="yangfan-test-")
    os.environ["SECRET_KEY"] = "only for tests"
    config.add_cleanup(lambda: shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True))
    if KIND == "postgresql" and not config.option.collectonly:
        stack = ExitStack()
        os.environ[SOCKETS] = str(stack.enter_context(postgres.server()))
        config.add_cleanup(stack.close)


def pytest_report_header() -> str:
    """Which database this run is about."""
    return f"database: {KIND}"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failed run: what cannot be tested has to be brought, not passed over."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line("\nTests were skipped, which counts as failed.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


# ---- the outside world ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def checked(call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(self: socket.socket, address: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
                self.close()
                raise RuntimeError(f"a test wanted to connect to {address!r}")
            return call(self, address)

        return guarded

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked(connect))
        patch.setattr(socket.socket, "connect_ex", checked(connect_ex))
        yield


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# ---- application and database --------------------------------------------------------------------------------------


@pytest.fixture
def _push_request_context() -> None:
    """Instead of pytest-flask's: a context open around a test would make its requests share one `g`, and one person."""


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """One database per process of the run."""
    yield from _database(f"main_{worker_id}", tmp_path_factory.mktemp("database"))


def _database(name: str, folder: Path) -> Iterator[str]:
    if KIND == "sqlite":
        yield f"sqlite:///{folder / name}.db"
        return
    sockets = Path(os.environ[SOCKETS])
    yield postgres.create(sockets, name)
    postgres.drop(sockets, name)


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database of its own without tables: for migrations, other processes and real commits."""
    yield from _database(f"own_{uuid4().hex}", tmp_path)


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with all its features; its tables are made, and hold the reference data and nothing else."""
    from app.db import db
    from app.factory import create_app
    from app.reference import services as reference

    app = create_app(settings_for(database_url, tmp_path_factory.mktemp("data")))
    app.test_client_class = Client
    app.extensions["wake_worker"] = lambda: None  # jobs run when a test says so: `run_jobs`
    with app.app_context():
        db.create_all()
        reference.load()
        db.session.commit()
    # The tests' transaction is outside; whatever the application commits is a savepoint within it.
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    yield app
    with app.app_context():
        db.engine.dispose()


def settings_for(database_url: str, data_dir: Path) -> dict[str, Any]:
    """Settings of an application under test."""
    return {
        "TESTING": True,
        "SQLALCHEMY_DATABASE_URI": database_url,
        "DATA_DIR": data_dir,
        "JOBS_URL": f"sqlite:///{data_dir / 'queue.db'}",
        "SECRET_KEY": "only for tests",
        "ARGON2_PROFILE": "cheap",
        "MAIL_URL": "refused:",
        "RATELIMIT_ENABLED": False,
        "WTF_CSRF_ENABLED": False,
        "SERVER_NAME": None,
    }


@pytest.fixture
def db(app: Flask) -> Iterator[Any]:
    """The database within one transaction that is rolled back after the test; commits inside are savepoints."""
    from app.db import db

    with app.app_context():
        engine = db.engine
        with engine.connect() as connection:
            transaction = connection.begin()
            db.engines[None] = connection
            try:
                yield db
            finally:
                db.session.remove()
                db.engines[None] = engine
                transaction.rollback()


@pytest.fixture
def run_jobs(app: Flask, db: Any) -> Callable[[], int]:
    """Call it to run all jobs that are due, as the worker would; it returns how many ran."""

    def run() -> int:
        from app.jobs import run_due

        db.session.commit()

        def work() -> int:
            with app.app_context():
                return run_due()

        return contextvars.Context().run(work)

    return run


# ---- people and requests -------------------------------------------------------------------------------------------


class Client(FlaskClient):
    """A client whose requests have contexts of their own, like those of a server, although the test has one open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Make the request; what the test has prepared is there, and the test's objects are read anew afterwards."""
        from app.db import db

        if not has_app_context():  # a redirect that is being followed, in the context of the first request
            return super().open(*args, **kwargs)
        db.session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask, db: Any) -> FlaskClient:
    """A client that nobody has signed in yet."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, client: FlaskClient) -> Callable[..., FlaskClient]:
    """`sign_in(person)` signs a person (or e-mail address) in with `client`, and returns it."""

    def sign_in(person: Any) -> FlaskClient:
        return _sign_in(app, client, person)

    return sign_in


@pytest.fixture
def client_of(app: Flask, db: Any) -> Callable[..., FlaskClient]:
    """`client_of(person)` is a new client with that person signed in, for tests with several people."""

    def client_of(person: Any) -> FlaskClient:
        return _sign_in(app, app.test_client(), person)

    return client_of


def _sign_in(app: Flask, client: FlaskClient, person: Any) -> FlaskClient:
    from flask_login import login_user

    from app.accounts.models import Person
    from app.db import db

    if isinstance(person, str):
        person = db.session.scalars(db.select(Person).where(Person.email == person)).one()
    db.session.commit()
    assert person.id, "a person has to be in the database before signing in"

    def kept() -> dict[str, Any]:
        with app.test_request_context(environ_base=client.environ_base):
            assert login_user(person), f"{person.email} may not sign in"
            return dict(session)

    values = contextvars.Context().run(kept)
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(values)
    return client


@pytest.fixture
def cast(db: Any) -> Any:
    """The fixed cast, which the demo plants too: one of each kind of person, and a stranger of each kind elsewhere."""
    from app.clock import today
    from app.db import utcnow
    from app.seeding.cast import plant

    planted = plant(utcnow(), today())
    db.session.commit()
    return planted


@pytest.fixture
def statements(db: Any) -> Callable[[], Any]:
    """Use it as `with statements() as asked:`; `asked` holds the SQL statements made meanwhile, savepoints left out."""
    import sqlalchemy as sa

    @contextmanager
    def counting() -> Iterator[list[str]]:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")):
                asked.append(statement)

        sa.event.listen(sa.engine.Engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            sa.event.remove(sa.engine.Engine, "before_cursor_execute", note)

    return counting
