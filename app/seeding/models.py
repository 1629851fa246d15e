"""Facts about this installation that must live in the database."""

from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, long_text, short_name


class Installation(Model):
    """A named fact of this installation, such as that its people are invented."""

    __tablename__ = "installation"

    name: Mapped[short_name] = mapped_column(primary_key=True)
    value: Mapped[long_text]
