"""A student reads a lesson, takes its quiz, sees what it showed, finds an internship that fits, and applies."""

from playwright.sync_api import expect

from tests.journeys.steps import PASSWORD, answer, follow, press


def test_a_student_learns_shows_a_skill_and_applies(page, enter, shoot):
    page.goto("/")
    shoot(page, "landing", dark=True)
    enter(page, "student@demo.example", PASSWORD)
    shoot(page, "student", dark=True)

    page.locator("main a.button.primary, main .next a, main .next-card a").first.click()
    page.wait_for_url("**/lessons/**")
    expect(page.locator(".prose").first).to_be_visible()
    shoot(page, "lesson")
    press(page, "/attempts/")
    page.wait_for_url("**/attempts/**")
    for number in range(1, 20):
        answer(page)
        if number == 2:
            shoot(page, "quiz", dark=True)
        page.locator("form[data-autosave] button[value=next]").click()
        page.wait_for_load_state()
        if not page.locator("form[data-autosave]").count():
            break
    shoot(page, "review")
    press(page, "/hand-in/")
    page.wait_for_url("**/result/")
    shoot(page, "result")
    follow(page, "/passport/")
    page.goto("/passport/")
    shoot(page, "passport", dark=True)
    follow(page, "/passport/CC")
    shoot(page, "skill")

    page.goto("/postings/")
    shoot(page, "postings")
    page.goto("/applications/")
    shoot(page, "applications")
    first = page.locator("main ol h3 a").first.get_attribute("href")
    page.locator("button[value^='down-']").first.click()
    page.wait_for_load_state()
    assert page.locator("main ol h3 a").first.get_attribute("href") != first
    page.goto("/competitions/")
    shoot(page, "competitions")


def test_a_lost_network_loses_no_answer(page, enter):
    enter(page, "student@demo.example", PASSWORD)
    page.locator("main a.button.primary, main .next a, main .next-card a").first.click()
    page.wait_for_url("**/lessons/**")
    press(page, "/attempts/")
    page.wait_for_url("**/attempts/**")
    attempt = page.url.split("?")[0]
    for number in range(1, 9):
        page.goto(f"{attempt}?question={number}")
        if page.locator("form[data-autosave] input[type=radio]").count():
            break
    page.context.set_offline(True)
    options = page.locator("form[data-autosave] input[type=radio]")
    options.nth(1).check(force=True)
    expect(page.locator(".receipt.waiting, .waiting .receipt-words").first).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".receipt.waiting")).to_have_count(0)
    page.reload()
    expect(page.locator("form[data-autosave] input[type=radio]").nth(1)).to_be_checked()
