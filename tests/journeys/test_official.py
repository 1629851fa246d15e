"""An official verifies an enterprise, reads what the region is short of, and opens a figure down to its inputs."""

from playwright.sync_api import expect

from tests.journeys.steps import PASSWORD, follow, press


def test_an_official_opens_a_figure_down_to_what_it_was_made_from(page, enter, shoot):
    enter(page, "official@demo.example", PASSWORD)
    shoot(page, "official-home")
    page.goto("/organisations/demo-government/verifications/")
    shoot(page, "verifications")
    if page.locator("main table a").count():
        page.locator("main table a").first.click()
        page.wait_for_load_state()
        shoot(page, "verification")
        press(page, "/verification")
    page.goto("/reports/gap/")
    shoot(page, "official-region")
    page.goto("/reports/gap/?place=CN&level=1")
    expect(page.locator("main table").first).to_be_visible()
    expect(page.locator(".chart-picture svg").first).to_be_visible()
    shoot(page, "official", dark=True)
    follow(page, "/reports/figures/")
    shoot(page, "figure")
    expect(page.locator(".thread")).to_be_visible()
    follow(page, "/reports/skills/")
    shoot(page, "skill-regions")
    page.goto("/reports/methodology/")
    shoot(page, "methodology")
    page.goto("/reports/gap/?place=WZ-SHOE&level=1")
    with page.expect_download() as download:
        page.locator("main a[href*='/reports/gap/download/']").click()
    assert download.value.suggested_filename.startswith("skill-gap-WZ-SHOE")
