"""A course as Moodle's backup holds it: with its people, ready to be restored beside the original."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.moodle.courses import Course
from tests.moodle.driver import Moodle
from tests.moodle.pages import MoodleError
from tests.moodle.restoring import at_once, restored


@contextmanager
def duplicate(admin: Moodle, course: Course) -> Iterator[Course]:
    """A copy of the course, by backup and restore; deleted at the end."""
    with restored(admin, backup(admin, course)) as copy:
        yield copy


def backup(admin: Moodle, course: Course) -> bytes:
    """*Course reuse > Backup > Jump to final step*, then the file from the list."""
    with at_once(admin):
        form = admin.get("backup/backup.php", id=course.id).form_with("oneclickbackup")
        page = admin.submit(form.press("oneclickbackup"))
    links = admin.get("backup/restorefile.php", contextid=_context(page.text, course)).all(
        "//a[contains(@href, '/backup/course/')]/@href"
    )
    if not links:
        raise MoodleError(f"no backup of {course.short_name}: {page.words[:300]}")
    return admin.get_file(str(links[-1]))


def _context(text: str, course: Course) -> str:
    for before in ('"courseContextId":', '"contextid":'):
        if before in text:
            return text.split(before, 1)[1].lstrip('"').split(",", 1)[0].strip('"}')
    raise MoodleError(f"no context of {course.short_name} on the page")
