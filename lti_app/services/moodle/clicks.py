"""What no web service of Moodle does, as a short list of clicks with links into that Moodle.

Checked on Moodle 4.5: making a scale, linking a competency to an activity, giving a template's plans to a
cohort, everything about outcomes, and activating the tool are done in Moodle's own pages (or by
the files of ``competences export``).
"""

from __future__ import annotations

from dataclasses import dataclass

from lti_app.services.moodle.texts import sentence


@dataclass(frozen=True, slots=True)
class Click:
    """One thing to do by hand: ``kind`` is a key of ``texts``, ``url`` the page where it is done."""

    kind: str
    url: str

    def title(self, language: str) -> str:
        """What it is for."""
        return sentence(f"click_{self.kind}", language)

    def how(self, language: str) -> str:
        """What to do on the page."""
        return sentence(f"click_{self.kind}_how", language)


def clicks(
    base_url: str, *, course_id: int | None = None, template_id: int | None = None
) -> tuple[Click, ...]:
    """What is left to the administrator and the teacher; links go to the course and template if given."""
    base = base_url.rstrip("/")
    course = f"/course/view.php?id={course_id}" if course_id else "/my/courses.php"
    outcomes = f"/grade/edit/outcome/import.php?courseid={course_id or 1}"
    cohorts = (
        f"/admin/tool/lp/template_cohorts.php?id={template_id}&pagecontextid=1"
        if template_id
        else "/admin/tool/lp/learningplans.php?pagecontextid=1"
    )
    places = (
        ("scale", "/grade/edit/scale/edit.php?courseid=0"),
        ("activity", course),
        ("cohort", cohorts),
        ("outcomes_on", "/admin/search.php?query=enableoutcomes"),
        ("outcomes", outcomes),
    )
    return tuple(Click(kind, base + path) for kind, path in places)
