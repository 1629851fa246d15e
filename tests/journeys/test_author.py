"""A teacher builds a course in the browser: modules, lessons of several kinds, a video that stops; then versions."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import PASSWORD, follow, press

WORK = "/organisations/demo-university/courses/"
CAPTIONS = "WEBVTT\n\n00:00.000 --> 00:01.000\n一只鞋 A shoe\n"
# A film of three seconds, drawn and recorded by the browser itself.
FILM = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 48});
  const paint = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(10), {mimeType: "video/webm"});
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const over = new Promise((resolve) => recorder.onstop = resolve);
  recorder.start(200);
  for (let step = 0; step < 30; step += 1) {
    paint.fillStyle = `hsl(${step * 12} 60% 50%)`;
    paint.fillRect(0, 0, 64, 48);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  recorder.stop();
  await over;
  return [...new Uint8Array(await new Blob(parts).arrayBuffer())];
}"""


def begin_lesson(page, course, title, kind, module=None):
    """Begin a lesson and stay in its editor."""
    page.goto(f"{course}lessons/new/")
    page.fill("[name=title_zh]", title[0])
    page.fill("[name=title_en]", title[1])
    page.check(f"[name=kind][value={kind}]")
    if module:
        page.select_option("[name=module_id]", index=module)
    page.locator("main form button.primary").click()
    page.wait_for_url("**/edit/")


def save(page):
    page.locator("#lesson button.primary").click()
    page.wait_for_load_state()


def upload(page, name, kind, content):
    page.set_input_files("main input[type=file]", {"name": name, "mimeType": kind, "buffer": content})
    page.locator("main form:has(input[type=file]) button").click()
    page.wait_for_load_state()
    expect(page.locator("main table")).to_contain_text(name)


def give_quiz(page, questions):
    """Give the lesson in the editor a quiz of so many questions of the bank."""
    page.locator("#lesson button[name=then]").click()
    page.wait_for_url("**/quiz/")
    for number in range(questions):
        page.locator("#bank form[method=post] input[name=question]").nth(number).check()
    page.locator("#bank form[method=post] button").last.click()
    page.wait_for_load_state()


def test_a_teacher_builds_a_course_and_a_student_learns_its_version(page, new_page, enter, shoot):
    enter(page, "university@demo.example", PASSWORD)
    page.goto(f"{WORK}new/")
    page.fill("[name=title_zh]", "一双鞋卖到海外")
    page.fill("[name=title_en]", "A shoe goes abroad")
    page.locator("main form button.primary").click()
    page.wait_for_url(re.compile(r"/courses/\d+/$"))
    course = re.sub(r"^https?://[^/]+", "", page.url)
    for title in (("上篇", "Part one"), ("下篇", "Part two")):
        page.goto(f"{course}modules/new/")
        page.fill("[name=title_zh]", title[0])
        page.fill("[name=title_en]", title[1])
        page.locator("main form button.primary").click()
        page.wait_for_load_state()

    page.goto(f"{course}files/")
    upload(page, "shoe.webm", "video/webm", bytes(page.evaluate(FILM)))
    upload(page, "shoe.zh.vtt", "text/vtt", CAPTIONS.encode())
    upload(page, "checklist.csv", "text/csv", "步骤,做了\n归类,\n".encode())
    shoot(page, "course-files")

    # What is typed and not saved survives the page.
    begin_lesson(page, course, ("先看看", "Have a look"), "page", module=1)
    page.fill("[name=body_zh]", "## 第一眼\n\n一双鞋 $a^2$。")
    expect(page.locator("#preview-zh h2")).to_have_text("第一眼")
    expect(page.locator("#lesson-receipt .icon-ok")).to_be_visible()
    editor = page.url
    page.goto("about:blank")
    page.goto(editor)
    expect(page.locator("main .notice").first).to_be_visible()
    shoot(page, "lesson-editor")
    save(page)
    page.goto(editor)
    expect(page.locator("[name=body_zh]")).to_have_value("## 第一眼\n\n一双鞋 $a^2$。")

    begin_lesson(page, course, ("看视频", "Watch"), "video", module=1)
    page.select_option("[name=video]", "shoe.webm")
    page.select_option("[name=captions_zh]", "shoe.zh.vtt")
    give_quiz(page, 1)
    page.goto(page.url.replace("/quiz/", "/edit/"))
    page.locator("input[name^=cue-]").fill("0:01")
    save(page)

    begin_lesson(page, course, ("照着做", "Work through it"), "file", module=2)
    page.check("[name=downloads][value='checklist.csv']")
    save(page)

    # The order, by keyboard: the file goes up before the video.
    page.goto(course)
    handle = page.locator("[data-handle]").last
    handle.focus()
    handle.press("ArrowUp")
    handle.press("ArrowUp")
    expect(page.locator("#order-status")).to_have_text(page.locator("#order-status").get_attribute("data-saved"))
    page.reload()
    expect(page.locator(".order-words > a").nth(1)).to_contain_text(re.compile("照着做|Work through"))
    shoot(page, "course-bench", dark=True)
    press(page, "/publication/")

    page.goto(f"{course}cohorts/new/")
    page.fill("[name=name_zh]", "秋季班")
    page.fill("[name=starts_on]", "2026-11-01")
    page.fill("[name=ends_on]", "2027-01-31")
    page.locator("main form button.primary").click()
    page.wait_for_load_state()

    student = new_page()
    enter(student, "student@demo.example", PASSWORD)
    number = course.rstrip("/").rsplit("/", 1)[1]
    student.goto(f"/courses/{number}/")
    press(student, "/enrolment/")
    shoot(student, "lesson-page")
    press(student, "/completion/")
    student.goto(f"/courses/{number}/lessons/2/")
    with student.expect_download() as brought:
        student.locator("#downloads a").click()
    assert brought.value.suggested_filename == "checklist.csv"
    press(student, "/completion/")
    student.goto(f"/courses/{number}/lessons/3/")
    shoot(student, "lesson-video")
    student.set_viewport_size({"width": 390, "height": 844})
    student.evaluate(
        "() => { const video = document.querySelector('video'); video.muted = true; return video.play(); }"
    )
    expect(student.locator("[data-cue].at")).to_be_visible()
    assert student.evaluate("() => document.querySelector('video').paused")
    assert student.evaluate("() => document.activeElement.closest('[data-cue]') !== null")

    # The author goes on writing; the class keeps what it has until it is moved.
    page.goto(editor)
    page.fill("[name=body_zh]", "## 第二眼")
    save(page)
    page.goto(editor.replace("/edit/", "/history/"))
    shoot(page, "lesson-history")
    page.locator("main table a").nth(1).click()
    page.wait_for_load_state()
    shoot(page, "lesson-compare")
    page.goto(f"{course}versions/")
    page.fill("[name=note_zh]", "第一课改写了")
    shoot(page, "course-versions")
    page.locator("#changes form button.primary").click()
    page.wait_for_load_state()
    student.goto(f"/courses/{number}/lessons/1/")
    expect(student.locator(".prose")).to_contain_text("第一眼")
    follow(page, "/version/")
    shoot(page, "cohort-move")
    page.locator("main form button.primary").click()
    page.wait_for_load_state()
    student.goto(f"/courses/{number}/lessons/1/")
    expect(student.locator(".prose")).to_contain_text("第二眼")
