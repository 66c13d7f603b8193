"""The doctor: a Moodle's web services seen from outside, and what is missing, with where to mend it.

Nothing is changed in Moodle. The checks come in the order in which things are switched on; one that makes
no sense without an earlier one is left out. ``doctor_lti`` looks at the other way, the LTI tool.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lti_app.clients.moodle_ws import BATCH, MoodleWs
from lti_app.errors import MoodleRefused, ServiceError
from lti_app.services.moodle.checks import PAGES, Check, State, reason
from lti_app.services.moodle.functions import COURSE, PUSH, RATINGS, READ, TEMPLATE
from lti_app.services.moodle.reading import SYSTEM, frameworks
from lti_app.services.moodle.site import Site, read_site

OLDEST = (4, 1)
"""The oldest Moodle whose competency web services are those this product was written for."""
NEWEST_TRIED = (4, 5)


def examine(ws: MoodleWs, *, course_id: int | None = None) -> list[Check]:
    """All checks of the web services; with a course, also what may be done in it."""
    try:
        public = ws.public_config()
    except ServiceError as error:
        return [Check("reachable", State.MISSING, "unreachable", ws.base_url, reason(error))]
    found = [
        Check("reachable", problem="site", values=(("name", str(public["sitename"])),)),
        _address(ws, str(public["wwwroot"])),
    ]
    if not int(public.get("enablewebservices") or 0):
        page = ws.base_url + PAGES["features"]
        return [*found, Check("webservices", State.MISSING, "webservices_off", page)]
    found.append(Check("webservices"))
    token, site = _token(ws)
    found += token
    if site is not None:
        found += [_version(ws, site), *_functions(ws, site), *_rights(ws, site, course_id)]
    outcomes = ws.base_url + PAGES["outcomes"]
    return [*found, Check("outcomes", State.UNKNOWN, "outcomes_unknown", outcomes)]


def _address(ws: MoodleWs, wwwroot: str) -> Check:
    if wwwroot.rstrip("/") != ws.base_url:
        values = (("wwwroot", wwwroot), ("url", ws.base_url))
        return Check("address", State.MISSING, "address_differs", wwwroot, values)
    if urlsplit(wwwroot).scheme != "https":
        return Check("address", State.ADVICE, "not_https", wwwroot)
    return Check("address")


def _token(ws: MoodleWs) -> tuple[list[Check], Site | None]:
    """REST answers 403 without a body while the protocol is off (``webservice/rest/server.php``)."""
    try:
        site = read_site(ws)
    except MoodleRefused as error:
        if error.errorcode == "invalidtoken":
            page = ws.base_url + PAGES["tokens"]
            return [Check("rest"), Check("token", State.MISSING, "token_invalid", page)], None
        page = ws.base_url + PAGES["services"]
        token = Check("token", State.MISSING, "token_refused", page, reason(error))
        return [Check("rest"), token], None
    except ServiceError as error:
        problem = "rest_off" if error.status == 403 else "rest_broken"
        page = ws.base_url + PAGES["protocols"]
        return [Check("rest", State.MISSING, problem, page, reason(error))], None
    return [Check("rest"), Check("token")], site


def _version(ws: MoodleWs, site: Site) -> Check:
    values = (("release", site.release), ("tried", ".".join(map(str, NEWEST_TRIED))))
    parts = re.match(r"(\d+)\.(\d+)", site.release)
    if parts is None:
        return Check("version", State.UNKNOWN, "version_unknown", ws.base_url, values)
    number = (int(parts[1]), int(parts[2]))
    if number < OLDEST:
        return Check("version", State.MISSING, "version_old", ws.base_url, values)
    if number > NEWEST_TRIED:
        return Check("version", State.ADVICE, "version_new", ws.base_url, values)
    return Check("version", problem="version", values=values)


def _functions(ws: MoodleWs, site: Site) -> list[Check]:
    page = ws.base_url + PAGES["services"]
    found = []
    for kind, functions, state in (
        ("functions_push", READ + PUSH, State.MISSING),
        ("functions_course", COURSE, State.MISSING),
        ("functions_template", TEMPLATE, State.MISSING),
        ("functions_ratings", RATINGS, State.ADVICE),
    ):
        missing = site.missing(functions)
        if missing:
            values = (("names", ", ".join(missing)),)
            found.append(Check(kind, state, "functions_missing", page, values))
        else:
            found.append(Check(kind))
    if site.missing((BATCH,)):
        found.append(Check("fast", State.ADVICE, "fast_missing", page, (("names", BATCH),)))
    else:
        found.append(Check("fast"))
    return found


def _rights(ws: MoodleWs, site: Site, course_id: int | None) -> list[Check]:
    """What the token's person may do, found out without changing anything."""
    if not site.competencies:
        page = ws.base_url + PAGES["competencies"]
        return [Check("competencies", State.MISSING, "competencies_off", page)]
    found = [Check("competencies")]
    if not site.missing((READ[1],)):
        found.append(_may_read(ws))
    if not site.missing((PUSH[0],)):
        found.append(_may_manage(ws))
    if not site.missing((TEMPLATE[-1],)):
        found.append(_may_make_templates(ws))
    if course_id is not None and not site.missing((COURSE[-1],)):
        found.append(_may_link(ws, course_id))
    return found


def _missing_capability(ws: MoodleWs, kind: str, capability: str, error: ServiceError) -> Check:
    page = ws.base_url + PAGES["roles"]
    values = (("capability", capability), *reason(error))
    return Check(kind, State.MISSING, "capability_missing", page, values)


def _may_read(ws: MoodleWs) -> Check:
    try:
        frameworks(ws)
    except ServiceError as error:
        return _missing_capability(ws, "may_read", "moodle/competency:competencyview", error)
    return Check("may_read")


def _may_manage(ws: MoodleWs) -> Check:
    """A framework without scale is always refused; whoever may not manage is refused for that first."""
    empty = {
        "shortname": "",
        "idnumber": "",
        "description": "",
        "descriptionformat": 1,
        "visible": False,
        "scaleid": 0,
        "scaleconfiguration": "[]",
        "contextid": 1,
    }
    try:
        ws.call("core_competency_create_competency_framework", competencyframework=empty)
    except MoodleRefused as error:
        if error.errorcode == "invalidpersistenterror":
            return Check("may_manage")
        return _missing_capability(ws, "may_manage", "moodle/competency:competencymanage", error)
    except ServiceError as error:
        return _missing_capability(ws, "may_manage", "moodle/competency:competencymanage", error)
    raise AssertionError("Moodle made a framework without scale")


def _may_make_templates(ws: MoodleWs) -> Check:
    capability = "moodle/competency:templatemanage"
    try:
        page = ws.call("tool_lp_data_for_templates_manage_page", pagecontext=SYSTEM)
    except ServiceError as error:
        return _missing_capability(ws, "may_make_templates", capability, error)
    if not page["canmanage"]:
        return _lacking(ws, "may_make_templates", capability)
    return Check("may_make_templates")


def _may_link(ws: MoodleWs, course_id: int) -> Check:
    capability = "moodle/competency:coursecompetencymanage"
    try:
        page = ws.call("tool_lp_data_for_course_competencies_page", courseid=course_id, moduleid=0)
    except ServiceError as error:
        return _missing_capability(ws, "may_link", capability, error)
    if not page["canmanagecoursecompetencies"]:
        return _lacking(ws, "may_link", capability)
    return Check("may_link")


def _lacking(ws: MoodleWs, kind: str, capability: str) -> Check:
    values = (("capability", capability), ("code", "nopermissions"), ("reason", ""))
    page = ws.base_url + PAGES["roles"]
    return Check(kind, State.MISSING, "capability_missing", page, values)
