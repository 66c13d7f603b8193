"""The door to the database keeps to itself what it was asked to store."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from lti_app.models import User
from lti_app.services.wiring import Wiring
from tests.factories import School


def test_an_error_quotes_nobody(parts: Wiring, school: School) -> None:
    again = User(platform_id=school.platform_id, sub="5", name="Chloé D'Arc")
    with pytest.raises(IntegrityError) as caught, parts.store.write() as session:
        session.add(again)
    assert "Chloé" not in str(caught.value)
