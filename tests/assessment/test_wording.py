"""The words of a question as a page shows them: pictures and sounds of its own, and nothing that runs."""

import pytest

from app.assessment.rules.content import Attachment, Format
from app.assessment.wording import worded

SOUND = Attachment(name="call 1.mp3", media_type="audio/mpeg", data="SUQz")
PICTURE = Attachment(name="a.png", media_type="image/png", data="iVBO")


@pytest.mark.parametrize(
    "text",
    [
        '<p>Listen: <a href="@@PLUGINFILE@@/call%201.mp3">call</a></p>',
        '<p><audio src="@@PLUGINFILE@@/call%201.mp3"></audio></p>',
        '<p><audio controls src="@@PLUGINFILE@@/call 1.mp3"></audio></p>',
    ],
)
def test_a_sound_gets_a_player_with_buttons(app, text):
    with app.test_request_context():
        shown = str(worded(text, Format.HTML, [SOUND]))
    assert shown.count("<audio") == 1
    assert "controls" in shown
    assert 'src="data:audio/mpeg;base64,SUQz"' in shown


@pytest.mark.parametrize(
    "text",
    [
        '<audio src="https://elsewhere.example/track.mp3" autoplay onplay="alert(1)"></audio>',
        '<audio src="data:text/html;base64,PHNjcmlwdD4="></audio>',
        '<img src="data:audio/mpeg;base64,SUQz">',
        '<a href="data:audio/mpeg;base64,SUQz">x</a>',
    ],
)
def test_no_other_sound_is_fetched_and_nothing_runs(app, text):
    with app.test_request_context():
        shown = str(worded(text, Format.HTML, [SOUND]))
    assert "src=" not in shown
    assert "href=" not in shown
    assert "autoplay" not in shown
    assert "alert" not in shown


def test_a_picture_of_its_own_is_shown(app):
    with app.test_request_context():
        shown = str(worded("<img src='@@PLUGINFILE@@/a.png'>", Format.HTML, [PICTURE]))
    assert 'src="data:image/png;base64,iVBO"' in shown
