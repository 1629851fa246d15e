"""Whether the database can be worked with."""

import sqlalchemy as sa

from app.db import db


def is_ready() -> bool:
    """Whether the database answers and has been migrated."""
    try:
        db.session.execute(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return False
    return True
