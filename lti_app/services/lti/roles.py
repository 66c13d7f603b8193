"""Roles by their exact URIs (LTI 1.3 Core, appendix A.2): system, institution and context kept apart.

Matching by the end of the name would take ``https://evil.example/x#Instructor`` for a teacher.
Moodle's roster uses the short names of the context vocabulary, which the specification allows.
"""

from __future__ import annotations

from collections.abc import Iterable

from lti_app.services.current import ADMINISTRATOR, LEARNER, TEACHER

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
MEMBERSHIP_SUB = "http://purl.imsglobal.org/vocab/lis/v2/membership/"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person#"

TEACHING = {"Instructor", "ContentDeveloper", "Manager", "Administrator"}
TEACHING_SUBROLES = {
    f"{MEMBERSHIP_SUB}Instructor#{name}"
    for name in (
        "Instructor",
        "PrimaryInstructor",
        "SecondaryInstructor",
        "GuestInstructor",
        "Lecturer",
        "Grader",
        "TeachingAssistant",
        "TeachingAssistantSection",
        "TeachingAssistantOffering",
    )
}

_BY_URI: dict[str, str] = {
    **{MEMBERSHIP + name: TEACHER for name in TEACHING},
    **dict.fromkeys(TEACHING_SUBROLES, TEACHER),
    MEMBERSHIP + "Learner": LEARNER,
    **{
        f"{MEMBERSHIP_SUB}Learner#{name}": LEARNER
        for name in ("Learner", "GuestLearner", "ExternalLearner", "NonCreditLearner")
    },
    INSTITUTION + "Administrator": ADMINISTRATOR,
    SYSTEM + "Administrator": ADMINISTRATOR,
    SYSTEM + "SysAdmin": ADMINISTRATOR,
}
_SHORT: dict[str, str] = {
    **dict.fromkeys(TEACHING - {"Administrator"}, TEACHER),
    "TeachingAssistant": TEACHER,
    "Learner": LEARNER,
}


def of_launch(uris: Iterable[object]) -> frozenset[str]:
    """Our roles for a launch's role claim; unknown URIs count for nothing."""
    return frozenset(_BY_URI[uri] for uri in uris if isinstance(uri, str) and uri in _BY_URI)


def of_roster(names: Iterable[object]) -> frozenset[str]:
    """Our roles for a roster member, who may be described by short names."""
    both = _SHORT | _BY_URI
    return frozenset(both[name] for name in names if isinstance(name, str) and name in both)


def place(roles: frozenset[str]) -> str:
    """The person's place in the course: ``teacher``, ``learner`` or "" . Teaching wins over learning."""
    if TEACHER in roles:
        return TEACHER
    return LEARNER if LEARNER in roles else ""
