"""A university teaches another's course with dates and a code of its own; a student reads what is due."""

from playwright.sync_api import expect

from tests.journeys.steps import PASSWORD, follow, press

THEIRS = "/organisations/other-university"


def test_a_course_is_borrowed_dated_and_entered_by_code(new_page, enter, shoot):
    page = new_page()
    enter(page, "university@other.example", PASSWORD)
    page.goto(f"{THEIRS}/courses/borrowed/")
    shoot(page, "borrowed")
    follow(page, "/cohorts/")
    shoot(page, "borrowed-cohorts")
    page.locator("main table a").first.click()
    page.wait_for_url("**/cohorts/*/")
    expect(page.locator("#waiting")).to_be_visible()
    shoot(page, "borrowed-cohort")
    course = page.url.split("/cohorts/")[0]

    page.goto(f"{course}/cohorts/new/")
    page.locator("#name_zh").fill("春季班")
    page.locator("#name_en").fill("Spring class")
    page.locator("#starts_on").fill("2027-03-01")
    page.locator("#ends_on").fill("2027-07-01")
    page.locator("input[name=joining][value=code]").check()
    page.locator("main form.form button[type=submit]").click()
    page.locator("main table a").first.click()
    page.wait_for_url("**/cohorts/*/")
    shoot(page, "cohort-code")
    code = page.locator("#code strong").inner_text().replace(" ", "")
    follow(page, "/dates/")
    press(page, "/dates/rule/")
    expect(page.locator("input[name^=opens_]").first).not_to_have_value("")
    shoot(page, "dates")
    page.goto(page.url.replace("/dates/", "/announcements/"))
    shoot(page, "announcements")

    student = new_page()
    enter(student, "student@other.example", PASSWORD)
    student.goto("/join/")
    student.locator("#code").fill(code.lower())
    student.locator("main form button[type=submit]").click()
    student.wait_for_url(f"**/join/{code}/")
    shoot(student, "join")
    student.locator("main form button[type=submit]").click()
    student.wait_for_url("**/lessons/1/")
    shoot(student, "lesson-closed")


def test_a_student_reads_what_is_due_and_follows_a_path(page, enter, shoot):
    enter(page, "student@demo.example", PASSWORD)
    shoot(page, "student-announced")
    page.goto("/calendar/")
    shoot(page, "calendar", dark=True)
    press(page, "/calendar/feed/")
    expect(page.locator("#feed code")).to_be_visible()
    shoot(page, "calendar-feed")
    page.goto("/paths/")
    follow(page, "/paths/")
    shoot(page, "path")


def test_an_author_makes_a_path_and_says_what_comes_before(page, enter, shoot):
    enter(page, "university@demo.example", PASSWORD)
    page.goto("/organisations/demo-university/paths/")
    shoot(page, "own-paths")
    page.locator("main table a").first.click()
    page.wait_for_url("**/paths/*/")
    shoot(page, "path-edit")
    page.goto("/organisations/demo-university/courses/")
    page.locator("main table a").last.click()
    page.wait_for_url("**/courses/*/")
    follow(page, "/prerequisites/")
    press(page, "/prerequisites/courses/")
    press(page, "/prerequisites/skills/")
    shoot(page, "prerequisites")
    page.goto(page.url.split("/prerequisites/")[0])
    shoot(page, "bench")
