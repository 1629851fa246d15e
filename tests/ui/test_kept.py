"""Parts that are drawn once: never for another language, nor for a value that only looks equal."""

from markupsafe import Markup

KEPT = "{% macro _shown(value, options) %}[{{ value }}{% for one in options %} {{ one }}{% endfor %}]{% endmacro %}"


def test_what_people_typed_is_escaped_although_the_same_was_drawn_as_markup(render):
    source = KEPT + "{{ kept(_shown, trusted, []) }}{{ kept(_shown, typed, []) }}"
    assert render(source, trusted=Markup("<b>"), typed="<b>") == "[<b>][&lt;b&gt;]"


def test_within_a_list_too(render):
    source = KEPT + "{{ kept(_shown, '', [trusted]) }}{{ kept(_shown, '', [typed]) }}"
    assert render(source, trusted=Markup("<b>"), typed="<b>") == "[ <b>][ &lt;b&gt;]"


def test_true_is_not_taken_for_one(render):
    assert render(KEPT + "{{ kept(_shown, 1, []) }}{{ kept(_shown, true, []) }}") == "[1][True]"


def test_a_part_is_drawn_once(render):
    drawn = []
    source = "{% macro _noted(value) %}{{ note(value) }}{% endmacro %}" + "{{ kept(_noted, 'a') }}" * 3
    render(source, note=lambda value: drawn.append(value) or "")
    assert drawn == ["a"]


def test_each_reader_gets_the_part_in_their_own_language(render):
    source = "{% macro _spoken() %}{{ language() }}{% endmacro %}{{ kept(_spoken) }}"
    assert [render(source, spoken) for spoken in ("en", "zh", "en")] == ["en", "zh", "en"]


def test_a_page_may_draw_more_parts_than_are_kept(render, monkeypatch):
    monkeypatch.setattr("app.ui.kept.MOST", 3)
    source = KEPT + "{% for number in range(9) %}{{ kept(_shown, number, []) }}{% endfor %}"
    assert render(source) == "".join(f"[{number}]" for number in range(9))
