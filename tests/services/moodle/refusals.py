"""What Moodle refuses, in its own words and codes, and the capabilities it asks for."""

from __future__ import annotations

import re
from typing import Any

ALL = "core_competency\\competency_rule_all"
POINTS = "core_competency\\competency_rule_points"
MANAGE = "moodle/competency:competencymanage"
VIEW = "moodle/competency:competencyview"
TEMPLATES = "moodle/competency:templatemanage"
COURSES = "moodle/competency:coursecompetencymanage"
TAXONOMIES = (
    "behaviour,competency,concept,domain,indicator,level,outcome,practice,proficiency,skill,value"
)
TAG = re.compile(r"<\S|<\s*$")  # what PHP's strip_tags takes away
UNCLEAN = re.compile(r"<script|&(?!\w+;|#\d+;)|<(?![a-zA-Z/])")  # what HTML Purifier changes


class Refused(Exception):
    """An error as Moodle tells it; ``code`` is empty for an error of PHP itself."""

    def __init__(self, exception: str, code: str, message: str) -> None:
        super().__init__(message)
        self.exception, self.code, self.message = exception, code, message


def invalid_parameter() -> Refused:
    name = "core\\exception\\invalid_parameter_exception"
    return Refused(name, "invalidparameter", "Invalid parameter value detected")


def invalid_data(message: str = "Data submitted is invalid") -> Refused:
    return Refused(
        "core\\invalid_persistent_exception", "invalidpersistenterror", f"Error: {message}"
    )


def coding_error(message: str) -> Refused:
    text = f"Coding error detected, it must be fixed by a programmer: {message}"
    return Refused("core\\exception\\coding_exception", "codingerror", text)


def not_found(table: str) -> Refused:
    message = f"Can't find data record in database table {table}."
    return Refused("dml_missing_record_exception", "invalidrecord", message)


def check_texts(one: dict[str, Any]) -> None:
    if TAG.search(one["shortname"]) or UNCLEAN.search(one.get("description") or ""):
        raise invalid_parameter()
    if len(one["shortname"]) > 100 or len(one.get("idnumber", "")) > 100:
        raise Refused("dml_write_exception", "dmlwriteexception", "Error writing to database")
