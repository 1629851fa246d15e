"""Sentences of templates: in the reader's language, every time they are said."""

import pytest

from app.i18n import force_locale, language

SENTENCE = "{{ _('Sign in') }}"


@pytest.fixture
def say(app):
    """`say(template, language)` is what a reader of that language reads."""

    def say(template, spoken, **values):
        with app.test_request_context(headers={"Accept-Language": spoken}):
            return app.jinja_env.from_string(template).render(**values)

    return say


def test_the_next_reader_reads_their_own_language(say):
    said = [say(SENTENCE, spoken) for spoken in ("zh", "en", "zh", "en")]
    assert said == ["登录", "Sign in", "登录", "Sign in"]


def test_what_people_typed_into_a_sentence_is_never_taken_for_markup(say):
    for _time in range(2):
        assert say("{{ _('Sent by %(name)s', name=name) }}", "en", name="<b>") == "Sent by &lt;b&gt;"


def test_a_mail_without_markup_is_not_escaped(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        template = app.jinja_env.from_string("{% autoescape false %}{{ _('%(a)s & more', a=a) }}{% endautoescape %}")
        assert template.render(a="<b>") == "<b> & more"


def test_a_percent_sign_is_one_for_both_the_first_and_the_second_reader(say):
    assert [say("{{ _('95 %% interval of nothing') }}", "en") for _time in range(2)] == ["95 % interval of nothing"] * 2


def test_a_mail_to_somebody_else_leaves_the_readers_language_as_it_is(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert language() == "en"
        with force_locale("zh"):
            inside = language(), app.jinja_env.from_string(SENTENCE).render()
        assert inside == ("zh", "登录")
        assert (language(), app.jinja_env.from_string(SENTENCE).render()) == ("en", "Sign in")
