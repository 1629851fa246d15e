"""A coordinator marks what waits, by keyboard, beside another and many at once; settles what differs; mends a key."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import PASSWORD, tab_to

MARKS = "#marks input[name^='mark_']"
WAITING = "tr:has(input[name=number])"
DIFFERING = "tr:has(.badge.warn)"
SAYS_NOTHING = 40  # letters


def fill_rubric(page: Page, form: str, marks: list[str], comment: str) -> None:
    rows = page.locator(f"{form} input[name^='mark_']")
    assert rows.count() == len(marks)
    for number, mark in enumerate(marks):
        rows.nth(number).fill(mark)
    page.locator(f"{form} textarea[name=comment]").fill(comment)


def test_a_coordinator_marks_what_waits_and_settles_what_differs(page, enter, shoot):
    enter(page, "university@demo.example", PASSWORD)
    page.goto("/")
    page.locator("main a.button.primary[href$='/marking/']").click()
    page.wait_for_url("**/marking/")
    shoot(page, "marking")
    page.locator("main table a").first.click()
    page.wait_for_url("**/items/*/")
    answers = page.url
    waiting = page.locator(WAITING).count()
    assert waiting >= 6
    shoot(page, "marking-list", dark=True)

    # One answer by keyboard alone: three marks, a sentence, finished; the next one follows.
    tab_to(page, "main a.button.primary[href*='/answers/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answers/*/")
    tab_to(page, MARKS)
    for mark in ("7", "6", "8"):
        page.keyboard.press("Control+A")
        page.keyboard.type(mark)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("事实清楚。 The facts are clear.")
    page.keyboard.press("Tab")
    expect(page.locator("#saved .receipt-words")).to_contain_text(":")
    marked = page.url
    tab_to(page, "button[formaction$='/finish/']")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/answers/" in address and address != marked)
    expect(page.locator("main")).to_contain_text(marked.rstrip("/").rsplit("/", 1)[-1])

    # Two that read alike, side by side.
    page.goto(answers)
    links = page.locator(f"{WAITING} th a").evaluate_all("links => links.map(link => link.pathname)")
    assert len(links) == waiting - 1
    alike, empty = [], []
    for link in links:
        page.goto(link)
        if page.locator("a[href*='beside=']").count():
            alike.append(link)
        if len(page.locator("#answer .prose").inner_text()) < SAYS_NOTHING:
            empty.append(link.rstrip("/").rsplit("/", 1)[-1])
    page.goto(alike[0])
    page.locator("a[href*='beside=']").first.click()
    page.wait_for_url("**beside=**")
    shoot(page, "marking-beside")
    fill_rubric(page, "#marks", ["8", "8", "7"], "与另一份答卷很像，但都写得出依据。")
    page.locator("button[formaction$='/finish/']").click()
    page.wait_for_url(lambda address: "beside=" not in address and alike[0] not in address)
    shoot(page, "marking-answer", dark=True)

    # Those who wrote nothing get one mark together.
    page.goto(answers)
    left = page.locator(WAITING).count()
    assert len(empty) == 2
    for number in empty:
        page.locator(f"input[name=number][value='{number}']").check()
    page.locator("#many [name=mark]").fill("0")
    page.locator("#many [name=comment]").fill("请补写。 Please write it later.")
    page.locator("#many button").click()
    page.wait_for_load_state()
    expect(page.locator(WAITING)).to_have_count(left - len(empty))

    # Two marks that lie apart: both are read, and the third one counts.
    page.locator(f"{DIFFERING} th a").click()
    page.wait_for_url("**/answers/*/")
    page.locator("main a[href$='/settlement/']").click()
    page.wait_for_url("**/settlement/")
    shoot(page, "marking-settle")
    fill_rubric(page, "main form", ["8", "6", "7"], "The glue is admitted; a day is missing.")
    page.locator("main form[action$='/settlement/'] button.primary").click()
    page.wait_for_url(answers)
    expect(page.locator(DIFFERING)).to_have_count(0)


def test_a_wrong_key_shows_in_the_analysis_and_is_mended(page, enter, shoot):
    enter(page, "university@demo.example", PASSWORD)
    page.goto("/organisations/demo-university/questions/quizzes/")
    page.locator("main table a", has_text=re.compile("先看证据|The evidence first")).first.click()
    page.wait_for_url("**/quizzes/*/analysis/")
    shoot(page, "analysis-quiz")
    page.locator("main h3 a", has_text="DR-2").click()
    page.wait_for_url("**/questions/*/analysis/**")
    shoot(page, "analysis-question")
    question = re.sub("analysis/.*", "", page.url)
    page.goto(f"{question}edit/")
    page.locator("input[name='options-0-right']").uncheck()
    page.locator("input[name='options-2-right']").check()
    page.locator("main form button.primary").first.click()
    page.wait_for_url(question)
    page.locator("a[href$='/regrade/']").first.click()
    page.wait_for_url("**/regrade/")
    assert page.locator("main table tbody tr").count() > 10
    shoot(page, "regrade-key")
