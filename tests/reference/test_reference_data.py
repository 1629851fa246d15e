"""The reference files speak both languages, without a gap, and agree with each other."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "app" / "reference" / "data"
NAMES = ("families", "skills", "regions", "clusters", "pilot_zones")
KEYS = {"families": "code", "skills": "code", "regions": "iso_3166_2", "clusters": "code", "pilot_zones": "zone_zh"}
LEVELS = (1, 2, 3, 4)
CJK = re.compile(r"[\u3400-\u9fff]")
CJK_OR_FULL_WIDTH = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
HALF_WIDTH = re.compile(r"[,;:?!()]")
ENDS_A_SENTENCE = re.compile(r"[\u3002\uff0c\uff1b.]$")
# Taiwan, Hong Kong and Macao belong to none of the seven macro-regions.
NO_MACRO_REGION = "—"
# Many clusters lie in no single county, and no page prints the county: its code places the cluster.
CHINESE_ONLY = {("clusters", "county_zh")}


def read(name: str) -> tuple[list[str], list[dict[str, str]]]:
    """The header and rows of `<name>.csv`; a row with too few or too many cells is refused."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        header, *lines = csv.reader(handle)
    return header, [dict(zip(header, line, strict=True)) for line in lines]


def cells(suffix: str) -> list[tuple[str, str]]:
    """Where and what: every cell of the paired columns with this suffix, of every file."""
    found = []
    for name in NAMES:
        header, rows = read(name)
        columns = [column for column in header if column.endswith(suffix) and (name, column) not in CHINESE_ONLY]
        found += [(f"{name} {row[KEYS[name]]} {column}", row[column]) for row in rows for column in columns]
    return found


def codes(name: str) -> set[str]:
    return {row[KEYS[name]] for row in read(name)[1]}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_utf_8_with_plain_line_ends(name):
    raw = (FOLDER / f"{name}.csv").read_bytes()
    assert raw.decode("utf-8").endswith("\n")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw


@pytest.mark.parametrize(("name", "count"), [("families", 11), ("skills", 78), ("regions", 34), ("clusters", 71)])
def test_no_row_was_lost(name, count):
    assert len(read(name)[1]) == count


@pytest.mark.parametrize("name", NAMES)
def test_a_column_in_one_language_has_its_twin_in_the_other(name):
    header, _ = read(name)
    of = {
        language: {column[:-3] for column in header if column.endswith(language) and (name, column) not in CHINESE_ONLY}
        for language in ("_en", "_zh")
    }
    assert of["_en"] == of["_zh"]
    assert of["_en"]


def test_every_column_that_a_page_prints_is_paired():
    wanted = {
        "families": {"name"},
        "skills": {"family", "name", "definition", *(f"level{level}" for level in LEVELS)},
        "regions": {"name", "type", "macro_region"},
        "clusters": {"name", "city", "category"},
        "pilot_zones": {"zone"},
    }
    missing = [
        f"{name} {column}{language}"
        for name, columns in wanted.items()
        for column in sorted(columns)
        for language in ("_en", "_zh")
        if f"{column}{language}" not in read(name)[0]
    ]
    assert missing == []


@pytest.mark.parametrize("suffix", ["_en", "_zh"])
def test_no_cell_is_empty_or_padded(suffix):
    assert [where for where, text in cells(suffix) if not text or text != text.strip()] == []


def test_chinese_cells_are_in_chinese():
    assert [where for where, text in cells("_zh") if not CJK.search(text) and text != NO_MACRO_REGION] == []


def test_english_cells_are_in_english():
    assert [where for where, text in cells("_en") if CJK_OR_FULL_WIDTH.search(text)] == []


def test_chinese_cells_use_full_width_punctuation():
    assert [where for where, text in cells("_zh") if HALF_WIDTH.search(text)] == []


def test_only_taiwan_hong_kong_and_macao_have_no_macro_region_in_either_language():
    for column in ("macro_region_en", "macro_region_zh"):
        outside = {row["iso_3166_2"] for row in read("regions")[1] if row[column] == NO_MACRO_REGION}
        assert outside == {"CN-TW", "CN-HK", "CN-MO"}


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("families", "code"),
        ("skills", "code"),
        ("regions", "iso_3166_2"),
        ("regions", "gb2260"),
        ("clusters", "code"),
        ("pilot_zones", "zone_zh"),
        ("pilot_zones", "zone_en"),
        ("skills", "name_en"),
        ("skills", "name_zh"),
    ],
)
def test_nothing_is_named_twice(name, column):
    times = Counter(row[column] for row in read(name)[1])
    assert [value for value, count in times.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "column"),
    [("skills", "family"), ("regions", "type"), ("regions", "macro_region"), ("clusters", "category")],
)
def test_a_term_is_always_translated_the_same_way(name, column):
    pairs = {(row[f"{column}_en"], row[f"{column}_zh"]) for row in read(name)[1]}
    assert len({english for english, _ in pairs}) == len({chinese for _, chinese in pairs}) == len(pairs)


def test_each_skill_belongs_to_a_family_and_names_it_as_the_family_file_does():
    families = [(row["code"], row["name_en"], row["name_zh"]) for row in read("families")[1]]
    used = dict.fromkeys((row["family"], row["family_en"], row["family_zh"]) for row in read("skills")[1])
    assert list(used) == families


def test_a_skill_code_is_its_family_and_a_running_number():
    seen: Counter[str] = Counter()
    for row in read("skills")[1]:
        seen[row["family"]] += 1
        assert row["code"] == f"{row['family']}{seen[row['family']]:02d}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_four_levels_of_a_skill_say_four_different_things(language):
    short = [
        row["code"]
        for row in read("skills")[1]
        if len({row[f"level{level}_{language}"] for level in LEVELS}) != len(LEVELS)
    ]
    assert short == []


def test_a_chinese_level_is_a_short_phrase_without_a_full_stop():
    wrong = [
        f"{row['code']} level {level}"
        for row in read("skills")[1]
        for level in LEVELS
        if ENDS_A_SENTENCE.search(row[f"level{level}_zh"]) or len(row[f"level{level}_zh"]) > 24
    ]
    assert wrong == []


def test_level_two_is_where_a_person_works_alone():
    # 自觉 (of one's own accord) is how one is alone with a rule of conduct.
    others = [row["code"] for row in read("skills")[1] if not row["level2_zh"].startswith(("独立", "自觉"))]
    assert others == []


@pytest.mark.parametrize("name", ["clusters", "pilot_zones"])
def test_clusters_and_zones_lie_in_known_regions(name):
    assert {row["province_iso"] for row in read(name)[1]} - codes("regions") == set()


def test_a_cluster_gives_the_same_region_in_both_code_systems():
    gb_codes = {row["iso_3166_2"]: row["gb2260"] for row in read("regions")[1]}
    wrong = [row["code"] for row in read("clusters")[1] if gb_codes[row["province_iso"]] != row["province_gb"]]
    assert wrong == []


@pytest.mark.parametrize("column", ["city_code", "county_code"])
def test_the_place_of_a_cluster_lies_inside_its_region(column):
    wrong = [row["code"] for row in read("clusters")[1] if row[column] and row[column][:2] != row["province_gb"][:2]]
    assert wrong == []


def test_a_zone_lies_inside_its_region():
    gb_codes = {row["iso_3166_2"]: row["gb2260"] for row in read("regions")[1]}
    # Xiong'an New Area has no division code of its own in GB/T 2260.
    assert [row["zone_en"] for row in read("pilot_zones")[1] if not row["division_code"]] == ["Xiong'an New Area"]
    wrong = [
        row["zone_en"]
        for row in read("pilot_zones")[1]
        if row["division_code"] and row["division_code"][:2] != gb_codes[row["province_iso"]][:2]
    ]
    assert wrong == []


def test_a_batch_of_zones_has_one_date_and_later_batches_later_dates():
    batches = sorted({(int(row["batch"]), date.fromisoformat(row["date"])) for row in read("pilot_zones")[1]})
    assert [batch for batch, _ in batches] == list(range(1, len(batches) + 1))
    assert [day for _, day in batches] == sorted(day for _, day in batches)


@pytest.mark.parametrize("name", ["clusters", "pilot_zones"])
def test_every_row_says_how_sure_it_is_and_where_it_comes_from(name):
    wrong = [
        row[KEYS[name]]
        for row in read(name)[1]
        if not row["evidence"].startswith(("sourced", "recalled")) or not row["source"]
    ]
    assert wrong == []


def test_a_city_with_a_pilot_zone_has_one_name():
    def bare(name: str) -> str:
        return name.partition(" (")[0]

    zones = {row["division_code"]: (bare(row["zone_en"]), row["zone_zh"]) for row in read("pilot_zones")[1]}
    wrong = [
        row["code"]
        for row in read("clusters")[1]
        if row["city_code"] in zones and zones[row["city_code"]] != (row["city_en"], row["city_zh"])
    ]
    assert wrong == []
