"""Taking a quiz by keyboard alone, without script, on a phone; and what its author then sees and corrects."""

from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import LOCALES, NARROW
from tests.journeys.steps import PASSWORD, answer, follow, press, tab_to

QUESTION = "form[data-autosave]"


def begin_by_keyboard(page: Page) -> None:
    page.goto("/")
    tab_to(page, "main a.button.primary, main .next a, main .next-card a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/**")
    tab_to(page, "form[action*='/attempts/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/**")


def test_a_quiz_is_taken_by_keyboard_alone_on_a_phone(page, enter, shoot):
    enter(page, "student@demo.example", PASSWORD)
    page.set_viewport_size(NARROW)
    begin_by_keyboard(page)
    for _number in range(20):
        tab_to(page, f"{QUESTION} :is(input:not([type=hidden]), select, textarea)")
        kind = page.evaluate("document.activeElement.tagName === 'SELECT' ? 'select' : document.activeElement.type")
        if kind in ("radio", "checkbox"):
            page.keyboard.press("Space")
        elif kind == "select":
            page.keyboard.press("ArrowDown")
        else:
            page.keyboard.type("1")
        tab_to(page, f"{QUESTION} button[value=next]")
        address = page.url
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url, before=address: url != before)
        if not page.locator(QUESTION).count():
            break
    if page.locator("details:has(form[action*='/hand-in/']) > summary").count():
        tab_to(page, "details:has(form[action*='/hand-in/']) > summary")
        page.keyboard.press("Enter")
    tab_to(page, "form[action*='/hand-in/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result/")
    expect(page.locator("h1")).to_be_visible()


def test_a_quiz_is_taken_without_script_on_a_phone(browser: Browser, site, language):
    context = browser.new_context(
        base_url=site, locale=LOCALES[language], viewport=NARROW, java_script_enabled=False,
        extra_http_headers={"Accept-Language": LOCALES[language]},
    )  # fmt: skip
    page = context.new_page()
    page.goto("/sign-in/")
    page.locator("main input[type=email]").fill("student@demo.example")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main form:has(input[type=password]) button[type=submit]").click()
    page.goto("/")
    page.locator("main a.button.primary, main .next a, main .next-card a").first.click()
    page.wait_for_url("**/lessons/**")
    page.locator("form[action*='/attempts/'] button").first.click()
    page.wait_for_url("**/attempts/**")
    answered = 0
    for _number in range(20):
        fields = page.locator(f"{QUESTION} :is(input:not([type=hidden]), select, textarea)")
        kind = fields.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            fields.first.check(force=True)
        elif fields.first.get_attribute("type") is None:
            for place in range(fields.count()):
                fields.nth(place).select_option(index=1)
        else:
            fields.first.fill("1")
        page.locator(f"{QUESTION} button[value=next]").click()
        answered += 1
        if not page.locator(QUESTION).count():
            break
    assert answered > 1
    button = page.locator("form[action*='/hand-in/'] button").first
    if not button.is_visible():
        page.locator("details:has(form[action*='/hand-in/']) > summary").click()
    button.click()
    page.wait_for_url("**/result/")
    assert page.locator("h1").inner_text()
    context.close()


def test_an_author_writes_corrects_and_looks_at_what_the_bank_covers(page, new_page, enter, shoot):
    enter(page, "university@demo.example", PASSWORD)
    bank = "/organisations/demo-university/questions/"
    page.goto(f"{bank}coverage/")
    shoot(page, "coverage")
    page.goto(f"{bank}export/?type=qti-2")
    shoot(page, "export")
    page.goto(f"{bank}new/?kind=single")
    page.locator("[name=text_zh]").fill("海外仓备货出口申报哪种监管方式？")
    page.locator("[name='options-0-text_zh']").fill("9810")
    page.locator("[name='options-1-text_zh']").fill("9610")
    page.locator("[name='options-0-right']").check()
    page.locator("[name=skill]").select_option("CC02")
    page.locator("[name=level]").select_option("2")
    page.locator("main form.form button.primary, main form button.primary").first.click()
    page.wait_for_url("**/questions/*/")
    shoot(page, "question")

    # A question that people have answered is corrected: who is affected stands there before anything changes.
    student = new_page()
    enter(student, "student@demo.example", PASSWORD)
    student.locator("main a.button.primary, main .next a, main .next-card a").first.click()
    student.wait_for_url("**/lessons/**")
    press(student, "/attempts/")
    student.wait_for_url("**/attempts/**")
    answer(student)
    page.goto(f"{bank}?kind=single")
    follow(page, "/questions/1")
    question = page.url
    page.goto(f"{question}edit/")
    right = page.locator("input[name$='-right']")
    marked = [right.nth(place).is_checked() for place in range(right.count())].index(True)
    right.nth(marked).uncheck()
    right.nth(0 if marked else 1).check()
    page.locator("main form button.primary").first.click()
    page.wait_for_url(question)
    if page.locator("a[href$='/regrade/']").count():
        page.locator("a[href$='/regrade/']").first.click()
        page.wait_for_url("**/regrade/")
        shoot(page, "regrade")
        page.locator("[name=reason]").fill("The key was wrong.")
        page.locator("main form.form button.primary").click()
        page.wait_for_url(question)
        # The bar moves by itself and gives way to the record of what was changed.
        expect(page.locator("main")).to_contain_text("The key was wrong.")
        expect(page.locator("[hx-get]")).to_have_count(0, timeout=30_000)
    shoot(page, "question-corrected")
