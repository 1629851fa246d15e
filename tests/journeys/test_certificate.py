"""From an idea to a certificate: a course with work and talk, two cohorts, marks, and a proof that holds without us."""

import json
import re
import subprocess

from playwright.sync_api import expect

from tests.journeys.conftest import FLASK, NARROW
from tests.journeys.steps import PASSWORD, press
from tests.journeys.test_author import WORK, begin_lesson, save
from tools.steps import ROOT


def open_cohort(page, course, name):
    page.goto(f"{course}cohorts/new/")
    page.fill("[name=name_zh]", name)
    page.fill("[name=starts_on]", "2026-11-01")
    page.fill("[name=ends_on]", "2027-01-31")
    page.locator("main form button.primary").click()
    page.wait_for_load_state()
    page.locator("main table a", has_text=name).click()
    page.wait_for_load_state()
    return re.sub(r"^https?://[^/]+", "", page.url)


def verified(folder, credential, keys):
    """What the offline check says of a credential with the published keys, and its exit code."""
    (folder / "credential.jwt").write_text(credential)
    (folder / "keys.json").write_text(keys)
    command = ["credentials", "verify", str(folder / "credential.jwt"), "--keys", str(folder / "keys.json")]
    done = subprocess.run([*FLASK, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return json.loads(done.stdout), done.returncode


def test_a_course_is_built_learnt_marked_and_certified(page, new_page, enter, shoot, tmp_path):
    enter(page, "university@demo.example", PASSWORD)
    page.goto(f"{WORK}new/")
    page.fill("[name=title_zh]", "从想法到证书")
    page.fill("[name=title_en]", "From an idea to a certificate")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/courses/\d+/$"))
    course = re.sub(r"^https?://[^/]+", "", page.url)
    number = course.rstrip("/").rsplit("/", 1)[1]

    begin_lesson(page, course, ("交一份作业", "Hand work in"), "assignment")
    page.fill("[name=body_zh]", "写一段给买家的答复。")
    save(page)
    page.locator("main a[href$='/assignment/']").first.click()
    page.wait_for_load_state()
    page.check("[name=takes][value=text]")
    page.fill("[name=points_max]", "10")
    page.fill("[name='criteria-0-title_zh']", "有理由")
    page.fill("[name='criteria-0-weight']", "1")
    page.fill("[name='criteria-0-marks_max']", "10")
    page.select_option("[name='criteria-0-skill_code']", index=1)
    page.select_option("[name='criteria-0-level']", index=1)
    shoot(page, "assignment-editor")
    page.locator("main form button.primary").click()
    page.wait_for_load_state()
    begin_lesson(page, course, ("说说你的看法", "Say what you think"), "discussion")
    page.fill("[name=body_zh]", "你会怎样答复？")
    save(page)
    page.goto(f"{course}grading/")
    page.fill("[name=valid_months]", "24")
    shoot(page, "grading-rules")
    page.locator("main form button.primary").click()
    page.wait_for_load_state()
    page.goto(course)
    press(page, "/publication/")
    first = open_cohort(page, course, "一班")
    open_cohort(page, course, "二班")

    student = new_page()
    enter(student, "student@demo.example", PASSWORD)
    student.set_viewport_size(NARROW)
    student.goto(f"/courses/{number}/")
    press(student, f"/cohorts/{first.rstrip('/').rsplit('/', 1)[1]}/enrolment/")
    student.goto(f"/courses/{number}/lessons/1/")
    shoot(student, "assignment-desk")
    student.set_viewport_size(NARROW)
    student.fill("#draft-text", "您好，照片收到了。\n\n我们退全款。")
    student.locator("#hand-in button[formaction*='/hand-in/']").click()
    student.wait_for_load_state()
    student.goto(f"/courses/{number}/")
    shoot(student, "course-missing")
    student.set_viewport_size(NARROW)
    student.goto(f"/courses/{number}/lessons/2/")
    student.locator("#discussion a[href*='/questions/new/']").click()
    student.fill("[name=title]", "先道歉")
    student.fill("[name=body]", "先道歉，再给办法。")
    student.locator("main form button.primary").click()
    student.wait_for_load_state()

    page.goto(f"{first}assignments/")
    page.locator("main table a, main .items a").first.click()
    page.wait_for_load_state()
    page.locator("main a[href*='/work/']").first.click()
    page.wait_for_load_state()
    page.check("[name=line][value='1']")
    page.fill("[name=note]", "称呼得当。")
    page.locator("button[formaction*='/notes/']").first.click()
    page.wait_for_load_state()
    page.locator("input[name^=mark_]").first.fill("4")
    shoot(page, "assignment-marking")
    page.locator("button[formaction*='/release']").click()
    page.wait_for_load_state()
    student.goto(f"/courses/{number}/")
    expect(student.locator("main")).to_contain_text(re.compile("还缺什么|still missing"))

    # A mark by hand wins, and says why; then the work is marked anew, and is enough.
    page.goto(f"{first}gradebook/")
    shoot(page, "gradebook")
    page.locator("main table tbody a").nth(1).click()
    page.wait_for_load_state()
    page.fill("[name=points]", "5")
    page.fill("[name=reason]", "口头补充")
    page.locator("main form button.primary").first.click()
    page.wait_for_load_state()
    page.goto(f"{first}assignments/")
    page.locator("main table a, main .items a").first.click()
    page.wait_for_load_state()
    page.locator("main a[href*='/work/']").first.click()
    page.wait_for_load_state()
    page.locator("input[name^=mark_]").first.fill("9")
    page.fill("[name=reason]", "重新看过")
    page.locator("button[formaction*='/release']").click()
    page.wait_for_load_state()

    student.goto("/certificates/mine/")
    expect(student.locator("main table")).to_contain_text(re.compile("从想法到证书|From an idea"))
    shoot(student, "certificates-mine")
    student.locator("main table a").first.click()
    student.wait_for_load_state()
    shoot(student, "certificate")
    address = student.url
    paper = student.request.get(f"{address}certificate.pdf")
    assert paper.body().startswith(b"%PDF-")
    credential = student.request.get(f"{address}credential.jwt").text().strip()
    keys = student.request.get("/.well-known/jwks.json").text()
    told, code = verified(tmp_path, credential, keys)
    assert (told["valid"], code) == (True, 0)
    middle = len(credential) // 2
    changed = credential[:middle] + ("A" if credential[middle] != "A" else "B") + credential[middle + 1 :]
    told, code = verified(tmp_path, changed, keys)
    assert (told["valid"], code) == (False, 1)
    stranger = new_page()
    stranger.goto(address)
    expect(stranger.locator("main .notice").first).to_be_visible()
    shoot(stranger, "certificate-public")
