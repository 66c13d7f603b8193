"""Competencies of courses, ratings in them, and learning-plan templates, as Moodle's functions treat them."""

from __future__ import annotations

from typing import Any

from tests.services.moodle.ground import Ground
from tests.services.moodle.refusals import (
    COURSES,
    TAG,
    TEMPLATES,
    Refused,
    check_texts,
    coding_error,
    invalid_parameter,
)


class Courses(Ground):
    """Competencies of courses, ratings in them, and learning-plan templates, as Moodle's functions treat them."""

    def do_list_course_competencies(self, id: Any) -> list[dict[str, Any]]:
        linked = self._course(id)
        return [{"competency": dict(self.competencies[one])} for one in linked]

    def do_add_competency_to_course(self, courseid: Any, competencyid: Any) -> bool:
        linked = self._course(courseid)
        self.need(COURSES)
        one = self._visible(competencyid, "linked to course")
        if one in linked:
            return False
        linked.append(one)
        return True

    def do_tool_lp_data_for_course_competencies_page(
        self, courseid: Any, moduleid: Any
    ) -> dict[str, Any]:
        self._course(courseid)
        return {"canmanagecoursecompetencies": COURSES in self.capabilities}

    def do_grade_competency_in_course(
        self, courseid: Any, userid: Any, competencyid: Any, grade: Any, note: str = ""
    ) -> dict[str, Any]:
        if TAG.search(note):
            raise invalid_parameter()
        return self.rate(int(courseid), int(userid), int(competencyid), int(grade), note)

    def rate(
        self, course: int, user: int, competency: int, grade: int, note: str = "", by: int = 2
    ) -> dict[str, Any]:
        """A rating in a course, as the token's person (2) or a teacher in Moodle's own pages."""
        if competency not in self._course(course):
            raise coding_error(
                f"The competency does not belong to this course: {competency}, {course}"
            )
        if self.students and user not in self.students:
            raise coding_error("The competency may not be rated at this time.")
        self.rated.add(competency)
        self.now += 1
        made = {
            "id": self.number(),
            "course": course,
            "user": user,
            "competency": competency,
            "grade": grade,
            "note": note,
            "actionuserid": by,
            "actionuser": {"id": by, "fullname": self.people.get(by, "?")},
            "timecreated": self.now,
        }
        self.evidence.append(made)
        return dict(made)

    def _ratings(self, course: int, user: int, competency: int) -> list[dict[str, Any]]:
        wish = (course, user, competency)
        return [
            one for one in self.evidence if (one["course"], one["user"], one["competency"]) == wish
        ]

    def do_report_competency_data_for_report(
        self, courseid: Any, userid: Any, moduleid: Any
    ) -> dict[str, Any]:
        course, user = int(courseid), int(userid)
        if self.students and user not in self.students:
            raise Refused("moodle_exception", "usernotenrolled", "Not enrolled")
        found = []
        for competency in self._course(course):
            given = self._ratings(course, user, competency)
            one = self.competencies[competency]
            framework = self.frameworks[one["competencyframeworkid"]]
            found.append(
                {
                    "usercompetencycourse": {
                        "competencyid": competency,
                        "grade": given[-1]["grade"] if given else None,
                        "timemodified": given[-1]["timecreated"] if given else 1,
                    },
                    "competency": {"competency": dict(one), "scaleid": framework["scaleid"]},
                }
            )
        return {"courseid": course, "usercompetencies": found}

    def do_tool_lp_data_for_user_competency_summary_in_course(
        self, userid: Any, competencyid: Any, courseid: Any
    ) -> dict[str, Any]:
        given = self._ratings(int(courseid), int(userid), int(competencyid))
        return {"usercompetencysummary": {"evidence": [dict(one) for one in reversed(given)]}}

    def do_list_templates(self, **_: Any) -> list[dict[str, Any]]:
        return [dict(one) for one in self.templates.values()]

    def do_create_template(self, template: dict[str, Any]) -> dict[str, Any]:
        self.need(TEMPLATES)
        check_texts(template)
        made = {"id": self.number(), "competencies": [], **template}
        self.templates[made["id"]] = made
        return dict(made)

    def do_list_competencies_in_template(self, id: Any) -> list[dict[str, Any]]:
        return [dict(self.competencies[one]) for one in self.templates[int(id)]["competencies"]]

    def do_add_competency_to_template(self, templateid: Any, competencyid: Any) -> bool:
        self.need(TEMPLATES)
        there = self.templates[int(templateid)]["competencies"]
        one = self._visible(competencyid, "added")
        if one in there:
            return False
        there.append(one)
        return True

    def do_tool_lp_data_for_templates_manage_page(self, pagecontext: Any) -> dict[str, Any]:
        return {"canmanage": TEMPLATES in self.capabilities}
