"""Over the whole URL map: what an address names by a number is of the launch's own course, or is not there.

A student who is in both courses owns what is named, and the teacher teaches in both: only the course keeps it apart.
"""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from sqlalchemy import select

from lti_app.models import (
    Declaration,
    DeclarationState,
    Evidence,
    EvidenceFile,
    Group,
    GroupMember,
    LineItem,
    Membership,
    NodeKey,
    Situation,
)
from lti_app.services.current import ADMINISTRATOR, LEARNER, TEACHER
from lti_app.services.wiring import Wiring
from lti_app.views.guard import PUBLIC
from tests.factories import School
from tests.views.test_guards import allowed, rules

CODE = "C1.1.03.1"
DATA = b"\x89PNG\r\n\x1a\n rest of a picture"


@pytest.fixture
def elsewhere(parts: Wiring, school: School) -> dict[str, int]:
    """Numbers of what the first pupil has in the other course, by the arguments that name them."""
    pupil, course, now = school.pupils[0], school.other_course_id, parts.clock()
    school.rate(pupil, CODE, 2)
    with parts.store.write() as session:
        session.add_all(
            [
                Membership(course_id=course, user_id=pupil, roster_role="learner"),
                Membership(course_id=course, user_id=school.teacher_id, launched_as="teacher"),
            ]
        )
        situation = Situation(course_id=course, learner_id=pupil, title="Stage", created_at=now)
        declaration = Declaration(
            course_id=course,
            learner_id=pupil,
            node_id=session.scalars(select(NodeKey.id).where(NodeKey.code == CODE)).one(),
            state=DeclarationState.ASKED.value,
            changed_at=now,
        )
        evidence = Evidence(
            title="Photo",
            file_name="photo.png",
            content_type="image/png",
            size=len(DATA),
            sha256=hashlib.sha256(DATA).hexdigest(),
            created_at=now,
            situation=situation,
        )
        group = Group(course_id=course, name="TP1", members=[GroupMember(user_id=pupil)])
        column = LineItem(resource_link_id=school.other_link_id, part="P1", label="P1")
        session.add_all([situation, declaration, evidence, group, column])
        session.flush()
        session.add(EvidenceFile(evidence_id=evidence.id, data=DATA))
        return {
            "situation_id": situation.id,
            "declaration_id": declaration.id,
            "evidence_id": evidence.id,
            "group_id": group.id,
            "column_id": column.id,
            "learner_id": school.stranger_id,
        }


@pytest.mark.parametrize("roles", [(LEARNER,), (TEACHER, ADMINISTRATOR)])
def test_what_is_of_another_course_is_a_404(
    app: Flask, school: School, elsewhere: dict[str, int], roles: tuple[str, ...]
) -> None:
    app.config["WTF_CSRF_METHODS"] = ()
    who = school.pupils[0] if roles == (LEARNER,) else school.teacher_id
    client, base = school.enter(app, who, roles)
    form = {"act": "accept", "level": "3", "title": "X", "name": "X", "maximum": "20"}
    answers = {}
    for rule in rules(app):
        numbers = {name for name in rule.arguments if name.endswith("_id")}
        if not numbers or PUBLIC in allowed(app, rule) or not allowed(app, rule) & set(roles):
            continue
        path = rule.rule.replace("/s/<sid>", base).replace("<part>", "P1")
        for name in numbers:  # KeyError: a new kind of number needs a row of it above
            path = path.replace(f"<int:{name}>", str(elsewhere[name]))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            sent = {} if method == "GET" else {"data": form}
            answers[f"{method} {rule.rule}"] = client.open(path, method=method, **sent).status_code
    assert len(answers) > 4
    assert {address: status for address, status in answers.items() if status != 404} == {}


def test_in_its_own_course_it_is_there(
    app: Flask, school: School, elsewhere: dict[str, int]
) -> None:
    """Or the sweep above would find nothing anywhere."""
    client, base = school.enter(app, school.pupils[0], (LEARNER,), link_id=school.other_link_id)
    assert client.get(f"{base}/situations/{elsewhere['situation_id']}").status_code == 200
    assert client.get(f"{base}/evidence/{elsewhere['evidence_id']}", buffered=True).data == DATA
    teacher, base = school.enter(app, link_id=school.other_link_id)
    assert f"r{elsewhere['declaration_id']}" in teacher.get(f"{base}/requests").text
