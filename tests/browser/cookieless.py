"""The LMS's page around a frame that keeps no cookie, for tests."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Frame, Page

from lti_app.demo.run import Running

KEEPING = """
if (window === window.top && window.location.origin === ORIGIN) {
  const kept = {};
  window.asked = [];
  window.addEventListener("message", (event) => {
    const { subject, message_id, key, value } = event.data || {};
    if (!["lti.put_data", "lti.get_data"].includes(subject)) return;
    window.asked.push([subject, event.origin]);
    const own = (kept[event.origin] ??= {});
    if (subject === "lti.put_data") own[key] = value;
    event.source.postMessage(
      { subject: subject + ".response", message_id, key, value: own[key] }, event.origin);
  });
}
"""
"""An LMS that keeps the browser's value, as LTI Client Side postMessages says."""


def teachers_page(context: BrowserContext, site: Running, path: str, script: str = KEEPING) -> Page:
    """A page of the LMS for the teacher, which runs this script too."""
    context.add_init_script(f"const ORIGIN = {site.lms_url!r};\n{script}")
    page = context.new_page()
    page.goto(site.lms_url)
    page.get_by_role("button", name="Camille").click()
    page.goto(f"{site.lms_url}{path}")
    return page


def open_activity(context: BrowserContext, site: Running, script: str = KEEPING) -> Page:
    """The teacher's page of the activity, with a frame of the tool in it."""
    page = teachers_page(context, site, "/course/view.php?id=2", script)
    page.get_by_role("link", name="Compétences — tout le référentiel").first.click()
    return page


def tool_frame(page: Page, path: str, tool_url: str) -> Frame:
    """The tool's frame, once it is at that address."""
    for _ in range(150):
        for frame in page.frames:
            if frame.url.startswith(tool_url + path):
                return frame
        page.wait_for_timeout(100)
    raise AssertionError([frame.url for frame in page.frames])
