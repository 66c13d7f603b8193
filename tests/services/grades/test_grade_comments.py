"""What a learner reads under the grade."""

from __future__ import annotations

from decimal import Decimal

from lti_app.services.grades.grade_comments import comment
from referential.grading import GradeRule, scheme
from tests.referential.test_grading import A1, A2, BTS, SCALE, SCOPE


def test_a_level_says_what_counts_for_levels() -> None:
    """Points that must be reached count everything, a level only what was assessed."""
    rule = GradeRule(name="points", not_assessed="left_out", points_needed=Decimal(4))
    found = scheme(rule, BTS, SCOPE, SCALE, Decimal(20))
    levels = {A1: 4, A2: 3}
    grade = found.grade(levels)
    level = SCALE.level(found.level(levels))
    assert "non évaluée ne compte pas" in comment(found, grade, level)
    assert "non évaluée compte comme non acquise" in comment(found, grade, None)
