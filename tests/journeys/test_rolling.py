"""An applicant goes from the board to a place: by keyboard and by form, over an interview, messages and an offer."""

from datetime import timedelta

from playwright.sync_api import expect

from app.clock import on_the_wall
from app.db import utcnow
from tests.journeys.steps import PASSWORD, follow, press


def test_an_application_is_answered_and_becomes_a_place(page, new_page, enter, shoot):
    enter(page, "enterprise@demo.example", PASSWORD)
    follow(page, "/pipeline/")
    page.wait_for_url("**/pipeline/")
    shoot(page, "board", dark=True)
    card = page.locator("[data-stage=received] [data-card]").first
    card_id = card.get_attribute("id")
    card.locator(".board-name").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"[data-stage=in_review] #{card_id}")).to_be_visible()
    page.locator(f"#{card_id} .board-name").press("ArrowRight")
    expect(page.locator(f"[data-stage=interview] #{card_id}")).to_be_visible()

    student = new_page()
    enter(student, "student@demo.example", PASSWORD)
    student.goto("/applications/")
    shoot(student, "applications-rolling")
    student.locator("main .next-card a").click()
    student.wait_for_url("**/applications/*/")
    shoot(student, "application-offer", dark=True)
    student.locator("#messages textarea").fill("我很高兴，明天答复。")
    press(student, "/messages/")
    application = student.url.split("#")[0]

    page.goto("/")
    follow(page, "/applicants/")
    expect(page.locator("#messages")).to_contain_text("我很高兴")
    shoot(page, "applicant")

    student.goto(f"{application}acceptance/")
    shoot(student, "acceptance")
    student.locator("main form button.primary").click()
    student.wait_for_url("**/placements/*/")

    page.goto("/")
    follow(page, "/pipeline/")
    page.locator("[data-stage=in_review] .board-name, [data-stage=received] .board-name").first.click()
    page.wait_for_url("**/applicants/*/")
    page.locator("main details:has(form[action*='/interviews/']) > summary").click()
    page.fill("#slot_1", on_the_wall(utcnow() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("#place", "三楼会议室")
    page.locator("form[action*='/interviews/'] button").first.click()
    page.wait_for_load_state()
    expect(page.locator("main .thread")).to_be_visible()
    shoot(page, "applicant-invited")
