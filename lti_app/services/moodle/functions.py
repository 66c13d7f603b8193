"""Which web-service functions and capabilities each thing needs: what the doctor asks for, what the guide
tells the administrator to tick (``docs/pousser-vers-moodle.md``; a test keeps the two equal)."""

from __future__ import annotations

from typing import Final

from lti_app.clients.moodle_ws import BATCH

READ: Final = (
    "core_webservice_get_site_info",
    "core_competency_list_competency_frameworks",
    "core_competency_list_competencies",
    "core_competency_get_scale_values",
    "tool_lp_data_for_related_competencies_section",
)
PUSH: Final = (
    "core_competency_create_competency_framework",
    "core_competency_update_competency_framework",
    "core_competency_create_competency",
    "core_competency_update_competency",
    "core_competency_delete_competency",
    "core_competency_set_parent_competency",
    "core_competency_move_up_competency",
    "core_competency_move_down_competency",
    "core_competency_add_related_competency",
    "core_competency_remove_related_competency",
)
COURSE: Final = (
    "core_competency_list_course_competencies",
    "core_competency_add_competency_to_course",
    "tool_lp_data_for_course_competencies_page",
)
TEMPLATE: Final = (
    "core_competency_list_templates",
    "core_competency_create_template",
    "core_competency_list_competencies_in_template",
    "core_competency_add_competency_to_template",
    "tool_lp_data_for_templates_manage_page",
)
RATINGS: Final = (
    "report_competency_data_for_report",
    "tool_lp_data_for_user_competency_summary_in_course",
    "core_competency_grade_competency_in_course",
)
FAST: Final = (BATCH,)
"""Not needed; with it, calls travel together and a push takes a fifth of the time."""

FUNCTIONS: Final[dict[str, tuple[str, ...]]] = {
    "plan": READ,
    "push": PUSH,
    "link-course": COURSE,
    "template": TEMPLATE,
    "ratings": RATINGS,
    "fast": FAST,
}
CAPABILITIES: Final[dict[str, tuple[str, ...]]] = {
    "plan": ("webservice/rest:use", "moodle/competency:competencyview"),
    "push": ("moodle/competency:competencymanage",),
    "link-course": (
        "moodle/course:view",
        "moodle/competency:coursecompetencyview",
        "moodle/competency:coursecompetencymanage",
    ),
    "template": ("moodle/competency:templateview", "moodle/competency:templatemanage"),
    "ratings": (
        "moodle/competency:usercompetencyview",
        "moodle/competency:competencygrade",
        "moodle/user:viewdetails",
    ),
    "fast": (),
}
