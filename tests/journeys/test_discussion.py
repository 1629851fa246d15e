"""A learner asks and loses nothing on the way, a teacher answers and moderates; notes and search find it again."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import PASSWORD, follow, press


def test_a_question_is_asked_answered_and_found(page, new_page, enter, shoot):
    page.goto("/search/?q=海外")
    expect(page.locator("main mark").first).to_be_visible()
    shoot(page, "search-public")
    enter(page, "student@demo.example", PASSWORD)
    page.locator("main a.button.primary, main .next a, main .next-card a").first.click()
    page.wait_for_url("**/lessons/**")
    lesson = page.url

    # A note saves itself, and is there after the page was left without a word.
    page.locator("#note > summary").click()
    page.locator("#note-body").fill("泡货按体积重：长 × 宽 × 高 ÷ 6000")
    page.locator("#note-body").blur()
    expect(page.locator("#note-saved .receipt-words")).to_contain_text(":")
    page.goto(lesson)
    expect(page.locator("#note-body")).to_have_value("泡货按体积重：长 × 宽 × 高 ÷ 6000")
    shoot(page, "lesson-note")

    # What is being written survives that the page is gone; once posted it is forgotten.
    follow(page, "/questions/new/")
    writing = page.url
    page.locator("#title").fill("FBA 头程怎么选？")
    page.locator("#body").fill("一票 300 kg 的**泡货**，@周敏 老师：走海运还是空运？")
    page.goto("/")
    page.goto(writing)
    expect(page.locator("#title")).to_have_value("FBA 头程怎么选？")
    shoot(page, "question-new")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/questions/\d+/#p\d+"))
    question = page.url
    page.goto(writing)
    expect(page.locator("#title")).to_have_value("")

    teacher = new_page()
    enter(teacher, "university@demo.example", PASSWORD)
    shoot(teacher, "teacher-today")
    teacher.goto(question)
    teacher.locator("#body").fill("先看时效，再比每公斤价：\n\n| 方式 | 天 |\n|---|---|\n| 海运 | 35 |\n| 空运 | 7 |")
    teacher.locator(".post-form button.primary").click()
    teacher.wait_for_url(re.compile(r"#p\d+"))
    shoot(teacher, "question-teacher")

    page.goto(question)
    press(page, "/acceptance/")
    shoot(page, "question", dark=True)
    page.goto(lesson)
    follow(page, "?lesson=")
    shoot(page, "questions")

    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("头程 海运")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    expect(page.locator("main mark").first).to_be_visible()
    shoot(page, "search", dark=True)
    page.goto("/search/?q=zzzz")
    shoot(page, "search-nothing")
    page.goto("/notes/")
    shoot(page, "notes")
