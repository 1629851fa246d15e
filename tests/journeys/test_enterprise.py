"""An enterprise writes a posting, a student applies, it sees what they have shown; a mentor rates an intern."""

from datetime import timedelta

from playwright.sync_api import expect

from app.clock import today
from tests.journeys.steps import PASSWORD, press


def test_an_enterprise_finds_an_intern_and_rates_another(page, new_page, enter, shoot):
    enter(page, "enterprise@demo.example", PASSWORD)
    shoot(page, "enterprise")
    page.goto("/organisations/demo-enterprise/postings/")
    shoot(page, "postings-work")
    page.goto("/organisations/demo-enterprise/postings/new/")
    page.fill("#title_zh", "鞋类出口实习生")
    page.fill("#title_en", "Footwear export intern")
    page.fill("#body_zh", "跟着导师做一单鞋类出口：**归类**、单证、物流。")
    page.fill("#body_en", "Follow one footwear order from classification to delivery.")
    page.select_option("#skills-0-skill", "CC01")
    page.select_option("#skills-0-level", "1")
    page.select_option("#skills-1-skill", "LG01")
    page.select_option("#skills-1-level", "2")
    page.fill("#seats", "2")
    page.fill("#pay", "160")
    day = today()
    for name, days in (("opens_on", 0), ("closes_on", 20), ("starts_on", 40), ("ends_on", 130)):
        page.fill(f"#{name}", (day + timedelta(days=days)).isoformat())
    shoot(page, "posting-form")
    page.locator("main form.form button.primary").first.click()
    page.wait_for_url("**/postings/*/")
    posting = page.url
    press(page, "/publication/")
    expect(page.locator("script[type='application/ld+json']")).to_have_count(1)
    shoot(page, "posting-enterprise")

    student = new_page()
    enter(student, "student@demo.example", PASSWORD)
    student.goto(posting)
    shoot(student, "posting-student", dark=True)
    press(student, "/applications/")
    student.wait_for_url("**/applications/*/")
    shoot(student, "application-received")

    page.goto(posting.rstrip("/").replace("/postings/", "/organisations/demo-enterprise/postings/") + "/applicants/")
    expect(page.locator("main ol.items > li")).to_have_count(1)
    shoot(page, "applicants")

    page.goto("/organisations/demo-enterprise/placements/")
    shoot(page, "placements")
    due = page.locator("main a[href*='/rating/']")
    expect(due.first).to_be_visible()
    due.first.click()
    page.wait_for_url("**/rating/")
    shoot(page, "rating")
    for fieldset in page.locator("main fieldset").all():
        fieldset.locator("input[type=radio]").nth(2).check(force=True)
        fieldset.locator("textarea").fill("独立完成了三批订单的单证，核对无误。")
    page.locator("main form.form button.primary").click()
    page.wait_for_url("**/placements/*/")
    shoot(page, "placement")
