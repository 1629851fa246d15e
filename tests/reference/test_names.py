"""Names of the shared language, which a process keeps until the files are loaded anew."""

import sqlalchemy as sa

from app.reference import queries
from app.reference import services as reference
from app.reference.models import Region


def test_names_are_read_once_and_then_only_asked_whether_they_are_new(app, db, statements):
    with app.app_context():
        queries.skill_names("zh")
    with app.app_context(), statements() as asked:
        queries.skill_names("zh")
        queries.place_names("zh")
    assert len(asked) == 1


def test_a_name_that_comes_back_with_an_earlier_version_is_read_anew(app, db):
    db.session.execute(sa.update(Region).where(Region.code == "CN-ZJ").values(name_en="Elsewhere"))
    db.session.expire_all()
    app.extensions.pop("reference_names", None)
    with app.app_context():
        assert queries.place_names("en")[0]["CN-ZJ"] == "Elsewhere"
    reference.load()
    db.session.flush()
    with app.app_context():
        assert queries.place_names("en")[0]["CN-ZJ"] == "Zhejiang"
