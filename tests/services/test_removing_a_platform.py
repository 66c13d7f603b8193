"""A platform that is removed takes along all that hangs on it, in every table, and nothing of another's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, Table, func, insert, select
from sqlalchemy.orm import Session

from lti_app.errors import InputError
from lti_app.models.base import Base
from lti_app.services.platforms import registered as platforms
from lti_app.services.wiring import Wiring
from tests.factories import School

NOW = datetime(2026, 11, 24, tzinfo=UTC)
OWN = {  # the service's, not a platform's
    "tool_keys",
    "platform_key_sets",
    "invitations",
    "node_keys",
}
EMPTY = {("evidence", "situation_id")}  # a declaration's, so not a situation's


def value(column: Column[Any], number: int, rows: dict[str, dict[str, Any]]) -> Any:
    """Something that the column takes: a key of the same platform's rows where it is one."""
    for key in column.foreign_keys:
        return rows.get(key.column.table.name, {}).get(key.column.name)
    kind = getattr(column.type, "impl", column.type).python_type
    some = {
        str: f"{column.name} {number}",
        int: number,
        Decimal: Decimal(number),
        bytes: b"x",
        datetime: NOW,
        date: NOW.date(),
        UUID: UUID(int=number),
        bool: True,
    }
    return some.get(kind, {})


def fill(session: Session, number: int) -> int:
    """One row in every table, all of one platform; the platform's number."""
    rows: dict[str, dict[str, Any]] = {}
    for table in Base.metadata.sorted_tables:
        given = {
            column.name: value(column, number, rows)
            for column in table.columns
            if (table.name, column.name) not in EMPTY
            and (column.foreign_keys or column is not table.autoincrement_column)
        }
        key = session.execute(insert(table).values(given)).inserted_primary_key
        names = [column.name for column in table.primary_key]
        rows[table.name] = given | dict(zip(names, key or (), strict=True))
    return int(rows["platforms"]["id"])


def counts(session: Session) -> dict[str, int]:
    def count(table: Table) -> int:
        return session.scalar(select(func.count()).select_from(table)) or 0

    return {table.name: count(table) for table in Base.metadata.sorted_tables}


def test_nothing_of_a_removed_platform_stays(parts: Wiring) -> None:
    with parts.store.write() as session:
        first, _second = fill(session, 1), fill(session, 2)
        assert set(counts(session).values()) == {2}
    with parts.store.write() as session:
        platforms.remove(session, first)
    with parts.store.read() as session:
        left = counts(session)
        assert [row.client_id for row in platforms.listed(session)] == ["client_id 2"]
    assert left == {name: 2 if name in OWN else 1 for name in left}


def test_a_platform_without_a_number_is_not_removed(parts: Wiring, school: School) -> None:
    with pytest.raises(InputError), parts.store.write() as session:
        platforms.remove(session, school.platform_id + 1)


def test_what_goes_is_counted_first(parts: Wiring, school: School) -> None:
    school.rate(school.pupils[0], "C1.1.03.1", 3)
    with parts.store.read() as session:
        held = platforms.holdings(session, school.platform_id)
        nobody = platforms.holdings(session, school.platform_id + 1)
    assert (held.courses, held.activities, held.people, held.assessments) == (2, 2, 6, 1)
    assert held.grades == 1
    assert nobody == platforms.Holdings(0, 0, 0, 0, 0)
