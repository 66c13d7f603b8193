"""What a column goes up to, asked before its first score leaves.

A launch names a column and not its kind. A teacher may have given the activity a scale instead of
points: Moodle then tells the number of levels as the column's maximum, and the level itself is to be
sent, so that the gradebook reads « Acquis ». AGS 2.0 §3.2.8 ``scoreMaximum``.
"""

from __future__ import annotations

from decimal import Decimal

from lti_app.clients import ags_columns
from lti_app.clients.tokens import PlatformConnector
from lti_app.errors import CircuitOpen, ScopeMissing, ServiceRefused, TokenRefused
from lti_app.models import LineItem
from lti_app.services.grades import column_kinds, wanted_grades
from lti_app.services.wiring import Wiring


def learn(parts: Wiring, connector: PlatformConnector, column_id: int, url: str) -> bool:
    """Asks what the column goes up to and keeps it; whether other grades are wanted there now.

    A platform that does not tell (it may give no right to read columns) is left at points. Raises
    ``TokenRefused`` and ``ServiceUnavailable``.
    """
    try:
        maximum = ags_columns.column(connector, url).maximum
    except ScopeMissing:
        maximum = Decimal(0)
    except (TokenRefused, CircuitOpen):
        raise
    except ServiceRefused as error:
        if error.status == 404:
            raise
        maximum = Decimal(0)
    return keep(parts, column_id, maximum)


def keep(parts: Wiring, column_id: int, maximum: Decimal) -> bool:
    """Keeps what a column was said to go up to; whether other grades are wanted there now."""
    with parts.store.write() as session:
        item = session.get_one(LineItem, column_id)
        if not column_kinds.settle(item, maximum):
            return False
        session.flush()
        wanted_grades.refresh_course(session, item.resource_link.course_id, parts.clock())
        return True
