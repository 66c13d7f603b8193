"""Outcomes of a course: imported and exported by Moodle's own pages."""

from __future__ import annotations

import csv
import html
import io
import re

from tests.moodle.courses import Course
from tests.moodle.driver import Moodle

WRAPPING = re.compile(r'^<div class="(?:text_to_html|no-overflow)">(.*)</div>$', re.DOTALL)


def import_outcomes(admin: Moodle, course: Course, content: bytes) -> str:
    """*Course > Grades > Outcomes > Import outcomes*, for this course only.

    Returns what the page says. Raises ``MoodleError`` with Moodle's words.
    """
    page = admin.get("grade/edit/outcome/import.php", courseid=course.id)
    item = admin.upload(page, "userfile", "outcomes.csv", content)
    form = page.form_with("userfile").fill(userfile=item, scope="custom")
    return admin.submit(form.press("save")).words


def export_outcomes(admin: Moodle, course: Course) -> list[dict[str, str]]:
    """Moodle's own export of the course's outcomes; what it escaped and wrapped is taken back."""
    content = admin.get_file(
        "grade/edit/outcome/export.php", id=course.id, sesskey=admin.sesskey, action="export"
    )
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: str) -> str:
    found = WRAPPING.match(value)
    return html.unescape(found[1] if found else value)
