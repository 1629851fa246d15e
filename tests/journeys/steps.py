"""What people do on pages, found by what a page is made of and not by its words, so that it holds in both languages."""

from playwright.sync_api import Page, expect

from app.seeding.cast import PASSWORD

__all__ = ["PASSWORD", "answer", "follow", "press", "tab_to"]


def press(page: Page, action: str) -> None:
    """Press the button of the form that posts to an address containing `action`; say yes if it asks first."""
    form = page.locator(f"form[action*='{action}']").first
    closed = page.locator(f"details:not([open]):has(form[action*='{action}']) > summary").first
    if closed.count() and not form.locator("button").first.is_visible():
        closed.click()
    form.locator("button[type=submit], button:not([type])").first.click()
    page.wait_for_load_state()


def follow(page: Page, address: str) -> None:
    """Follow the first link in the page's main part whose address contains `address`."""
    page.locator(f"main a[href*='{address}']").first.click()
    page.wait_for_load_state()


def answer(page: Page) -> None:
    """Answer the question shown with whatever its fields allow, and wait until the server says that it is kept."""
    form = page.locator("form[data-autosave]")
    fields = form.locator("select, input:not([type=hidden]), textarea")
    kind = fields.first.evaluate("field => field.tagName === 'SELECT' ? 'select' : field.type")
    if kind in ("radio", "checkbox"):
        form.locator(f"input[type={kind}]").first.check(force=True)
    elif kind == "select":
        for number in range(form.locator("select").count()):
            form.locator("select").nth(number).select_option(index=1)
    else:
        for number in range(fields.count()):
            fields.nth(number).fill("1")
            fields.nth(number).press("Tab")
    expect(page.locator("[data-receipt]:not(form) .receipt-words, .receipt-words").first).to_contain_text(":")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what `selector` finds has the focus; its outline must be seen."""
    for _time in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            # A large target shows the focus of the small box inside it.
            seen = page.evaluate(
                "() => [document.activeElement, document.activeElement.closest('label')].some(part => {"
                " if (!part) return false; const s = getComputedStyle(part);"
                " return s.outlineStyle !== 'none' || s.boxShadow !== 'none'; })"
            )
            assert seen, f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{page.url}: the keyboard does not reach {selector}")
