"""Forms of course folders: a ZIP to look at, and its taking."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from courses.folders import Prefer


class FolderForm(FlaskForm):
    """A ZIP of a course folder."""

    file = FileField(_l("ZIP of the folder"), [FileRequired()])


class TakeFolderForm(FlaskForm):
    """The ZIP that has been looked at, and is now taken."""

    ticket = HiddenField(_l("File"), [InputRequired()])
    prefer = RadioField(
        _l("Where both have changed the same"),
        [InputRequired(_l("Choose whose words count."))],
        choices=[
            SelectChoice(Prefer.FOLDER.value, _l("Take the words of the folder")),
            SelectChoice(Prefer.COURSE.value, _l("Keep the words of the course")),
        ],
    )

    def without_choice(self) -> "TakeFolderForm":
        """The form where nothing has to be decided."""
        del self.prefer
        return self

    @property
    def chosen(self) -> Prefer:
        """Whose words count."""
        return Prefer(self.prefer.data) if self.prefer is not None and self.prefer.data else Prefer.NONE
