"""Grades imported from a file by Moodle's own pages."""

from __future__ import annotations

from collections.abc import Mapping

from tests.moodle.courses import Course, Person
from tests.moodle.driver import Moodle
from tests.moodle.pages import MoodleError


def give_id_number(admin: Moodle, person: Person, id_number: str) -> None:
    """Sets a person's *ID number*, by which grade files find them."""
    form = admin.get("user/editadvanced.php", id=person.id).form_with("idnumber")
    form.fields.pop("createpassword", None)
    admin.submit(form.fill(idnumber=id_number).press("submitbutton"))


def import_xml(who: Moodle, course: Course, content: bytes) -> None:
    """*Grades > Import > XML file*, feedback included. Raises ``MoodleError`` with Moodle's words."""
    page = who.get("grade/import/xml/index.php", id=course.id)
    item = who.upload(page, "userfile", "grades.xml", content)
    form = page.form_with("userfile").fill(userfile=item, feedback=1)
    _done(who.submit(form.press("submitbutton")).words)


def import_csv(
    who: Moodle, course: Course, content: bytes, columns: Mapping[str, str | None]
) -> None:
    """*Grades > Import > CSV file*, people found by id number.

    ``columns`` maps a header to the grade item's name, or None: it is the feedback of the column
    before. Raises ``MoodleError`` with Moodle's words.
    """
    page = who.get("grade/import/csv/index.php", id=course.id)
    item = who.upload(page, "userfile", "grades.csv", content)
    form = page.form_with("userfile").fill(
        userfile=item, encoding="UTF-8", separator="comma", verbosescales=1
    )
    form = who.submit(form.press("submitbutton")).form_with("mapfrom")
    headers = {words: value for value, words in form.options["mapfrom"]}
    form.fill(mapfrom=next(iter(headers.values())), mapto="useridnumber")
    last = ""
    for header, name in columns.items():
        field = f"mapping_{headers[header]}"
        if name is not None:
            last = next(
                v for v, words in form.options[field] if words.endswith(name) and v.isdigit()
            )
        form.fill(**{field: last if name is not None else f"feedback_{last}"})
    _done(who.submit(form.press("submitbutton")).words)


def _done(words: str) -> None:
    if "success" not in words.lower():
        raise MoodleError(f"the import said: {words[:500]}")
