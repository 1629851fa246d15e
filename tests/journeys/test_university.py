"""A coordinator imports questions, brings a class in, looks at a contest's ranking, and runs a match round."""

from playwright.sync_api import expect

from tests.journeys.steps import PASSWORD, press

GIFT = """// [tag:CC02] [tag:level-2]
::Mode for the overseas warehouse::Which mode fits goods stocked abroad before they are sold?{=9810 ~9610 ~9710 ~1210}

This one never closes {=yes ~no
"""
CLASS = "email,name\nnew-1@demo-university.example,新一\nnot an address,新二\n"


def test_a_coordinator_teaches_holds_a_contest_and_places_students(page, new_page, enter, shoot):
    enter(page, "university@demo.example", PASSWORD)
    shoot(page, "university")
    home = "/organisations/demo-university"
    page.goto(f"{home}/courses/")
    shoot(page, "workshop")
    page.goto(f"{home}/questions/")
    shoot(page, "bank")

    page.goto(f"{home}/questions/import/")
    page.set_input_files("main input[type=file]", {"name": "q.txt", "mimeType": "text/plain", "buffer": GIFT.encode()})
    page.locator(
        "main form:has(input[type=file]) button[type=submit], main form:has(input[type=file]) button"
    ).first.click()
    page.wait_for_load_state()
    shoot(page, "import-preview")
    expect(page.locator("main")).to_contain_text("Mode for the overseas warehouse")

    page.goto(f"{home}/people/import/")
    page.set_input_files("main input[type=file]", {"name": "c.csv", "mimeType": "text/csv", "buffer": CLASS.encode()})
    page.locator("main form:has(input[type=file]) button").first.click()
    page.wait_for_load_state()
    expect(page.locator("main")).to_contain_text("not an address")
    shoot(page, "class-preview")

    page.goto(f"{home}/competitions/")
    shoot(page, "contests-office")
    page.goto("/competitions/")
    page.locator("main a[href*='/competitions/']").last.click()
    page.wait_for_load_state()
    shoot(page, "contest")

    page.goto(f"{home}/rounds/")
    shoot(page, "rounds")
    page.locator("main table a").first.click()
    page.wait_for_url("**/rounds/*/")
    shoot(page, "round-open")
    match_round = page.url
    press(page, "/closure/")
    press(page, "/run/")
    page.goto(match_round)
    page.locator("main .strip").wait_for(timeout=60_000)  # the worker matches; the page loads anew by itself
    shoot(page, "match", dark=True)

    student = new_page()
    enter(student, "student@demo.example", PASSWORD)
    student.goto("/applications/")
    shoot(student, "applications-decided")
    student.goto(match_round)
    expect(student.locator("main .strip")).to_be_visible()


def test_a_ranking_is_read_with_raw_marks_beside_it(page, enter, shoot):
    enter(page, "student@demo.example", PASSWORD)
    page.goto("/competitions/")
    addresses = page.locator("main a[href^='/competitions/']").evaluate_all("links => links.map(a => a.pathname)")
    for address in addresses:
        page.goto(address)
        if page.locator("main a[href*='/ranking/']").count():
            break
    page.locator("main a[href*='/ranking/']").first.click()
    page.wait_for_url("**/ranking/**")
    shoot(page, "ranking", dark=True)
