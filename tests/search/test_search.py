"""Finding what one may read, on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true

from app.search import queries, services
from app.search.models import SearchEntry
from app.search.rules.cutting import is_run, pieces, sought

ALPHABET = "头程运费海外仓申报关税的𠀀ABCabcé９87 \n,，。<&'"


@pytest.fixture
def find(app, db):
    """`find(words)` is the ids of all that is found, in order."""

    def find(words, kind="", scope=None):
        with app.test_request_context("/search/"):
            page = queries.find(sought(words), [true() if scope is None else SearchEntry.scope_id == scope], kind)
            return [entry.object_id for entry in queries.entries(page)]

    return find


def keep(number, title="", text="", **more):
    services.index(services.Entry("thing", number, "all", more.pop("scope_id", 0), title, text_zh=text, **more))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(ALPHABET, min_size=1, max_size=60), drawn=st.data())
def test_any_part_of_chinese_text_finds_it(find, text, drawn):
    keep(1, "题", f"`{text}`", scope_id=0)
    runs = [piece for piece in pieces(text) if is_run(piece)]
    if runs:
        run = drawn.draw(st.sampled_from(runs))
        first = drawn.draw(st.integers(0, len(run) - 1))
        part = run[first : drawn.draw(st.integers(first + 1, len(run)))]
        assert find(part) == [1]
    services.remove("thing", [1])
    assert find("题") == []


@pytest.mark.parametrize(
    "words", ["费", "头程", "头程运费", "FBA 头程", "fba头程", "ｆｂａ", "CAFE", "caf 运费", "头程。"]
)
def test_one_two_and_more_characters_and_mixed_words_find(find, words):
    keep(1, "海外仓", "FBA头程运费，Café")
    keep(2, "别的", "头尾 程序 运 费用")
    assert 1 in find(words)


def test_characters_have_to_stand_together(find):
    keep(1, "", "头程 程运 运费")
    assert find("头程运费") == []


def test_all_words_have_to_be_there_in_either_language(find):
    keep(1, "海外仓", "", title_en="Overseas warehouse")
    assert find("海外 ware") == [1]
    assert find("海外 bonded") == []


def test_a_title_goes_before_a_text(find):
    keep(1, "关税", "")
    keep(2, "别的", "关税 " * 30)
    keep(3, "别的", "关税 和 许多 别的 字 " * 3)
    assert find("关税")[0] == 1
    assert set(find("关税")) == {1, 2, 3}


def test_what_is_indexed_again_is_found_under_its_new_words_only(find):
    keep(1, "旧题")
    keep(1, "新名")
    assert (find("旧题"), find("新名")) == ([], [1])


def test_what_is_removed_is_not_found(find):
    keep(1, "题")
    keep(1, "题", scope_id=2)
    services.remove("thing", [1], [2])
    assert find("题") == [1]
    services.remove("thing", [1])
    assert find("题") == []


def test_nobody_finds_beyond_the_own_scope(find):
    keep(1, "题", scope_id=7)
    assert find("题", scope=8) == []
    assert find("题", scope=7) == [1]


@pytest.mark.parametrize("words", ["' OR 1", "a* NEAR b", "title:x", "x:*", "a'b", "AND", "(or) & !x", "\\x%_", '"a"'])
def test_signs_of_query_languages_are_only_signs(find, words):
    keep(1, "a b or 1 near title x and")
    assert find(words) == [1]


def test_a_very_long_text_is_indexed_to_its_end(find):
    keep(1, "长", "".join(chr(0x4E00 + number * 7919 % 20000) for number in range(60_000)) + "终点")
    assert find("终点") == [1]
