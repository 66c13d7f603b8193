"""The embedded LMS's own store: SQLite, in a file or in memory, safe from several threads.

One connection behind one lock. Readers get frozen records of `lti_app.demo.model`; tests
look here to see what the platform itself holds, as opposed to what a tool believes.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lti_app.demo.model import (
    Activity,
    Course,
    Enrolment,
    Grade,
    Item,
    Launch,
    Role,
    Seed,
    Tool,
    User,
)

SCHEMA = (Path(__file__).with_name("schema.sql")).read_text(encoding="utf-8")

_JSON_FIELDS = frozenset(
    {"custom", "scale", "review_custom", "redirect_uris"},
)
_BOOL_FIELDS = frozenset(
    {
        "admin",
        "active",
        "memberships",
        "toolsettings",
        "basic_outcomes",
        "send_name",
        "send_email",
    },
)


def _decoded(row: sqlite3.Row) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key in row.keys():  # noqa: SIM118 - iterating a sqlite3.Row gives values, not keys
        value = row[key]
        if key in _JSON_FIELDS:
            value = json.loads(value)
            value = tuple(value) if isinstance(value, list) else value
        elif key in _BOOL_FIELDS:
            value = bool(value)
        values[key] = value
    return values


def _encoded(record: Any) -> dict[str, Any]:
    values = asdict(record)
    for key in _JSON_FIELDS & values.keys():
        value = values[key]
        plain = dict(value) if hasattr(value, "items") else list(value)
        values[key] = json.dumps(plain, ensure_ascii=False)
    return values


class Store:
    """People, courses, activities, tools, launches and grades of one LMS."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            path or ":memory:", check_same_thread=False, isolation_level=None, timeout=30
        )
        self._db.row_factory = sqlite3.Row
        if path is not None:
            self._db.execute("PRAGMA journal_mode = WAL")
        with self.transaction():
            for statement in SCHEMA.split(";"):
                self._db.execute(statement)

    def close(self) -> None:
        """Closes the file; the store is of no use afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or none of it; other threads wait. May be nested."""
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if outermost:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    # -- plain access -------------------------------------------------------------------
    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of a query, JSON and boolean columns decoded."""
        with self._lock:
            return [_decoded(row) for row in self._db.execute(sql, values).fetchall()]

    def row(self, sql: str, *values: Any) -> dict[str, Any] | None:
        """First row of a query, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def execute(self, sql: str, *values: Any) -> int:
        """Runs a statement; the number of rows it touched."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def save(self, table: str, record: Any) -> None:
        """Inserts a record or replaces the one with the same key. Table names are ours."""
        values = _encoded(record)
        columns = ", ".join(values)
        marks = ", ".join("?" for _ in values)
        with self._lock:
            self._db.execute(
                f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608
                tuple(values.values()),
            )

    def next_id(self, table: str, column: str = "id") -> int:
        """A number never used before in this table, also after a deletion, as in Moodle."""
        name = f"{table}.{column}"
        with self.transaction():
            kept = self.row("SELECT value FROM settings WHERE name = ?", name)
            top = self.row(f"SELECT max({column}) AS top FROM {table}")  # noqa: S608
            used = max(int(kept["value"]) if kept else 0, (top and top["top"]) or 0)
            self.set(name, str(used + 1))
            return used + 1

    def get(self, name: str) -> str | None:
        """A kept setting (the signing key, say), or None."""
        found = self.row("SELECT value FROM settings WHERE name = ?", name)
        return None if found is None else str(found["value"])

    def set(self, name: str, value: str) -> None:
        """Keeps a setting."""
        self.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)

    def plant(self, seed: Seed) -> None:
        """Fills an empty store; does nothing to one that already has people."""
        with self.transaction():
            if self.row("SELECT id FROM users"):
                return
            for user in seed.users:
                self.save("users", user)
            for course in seed.courses:
                self.save("courses", course)
            for enrolment in seed.enrolments:
                self.save("enrolments", enrolment)
            for activity in seed.activities:
                self.save("activities", activity)

    # -- people and courses ---------------------------------------------------------------
    def users(self) -> list[User]:
        """Everyone, by id."""
        return [User(**row) for row in self.rows("SELECT * FROM users ORDER BY id")]

    def user(self, user_id: int | None) -> User | None:
        """One person, or None."""
        found = self.row("SELECT * FROM users WHERE id = ?", user_id)
        return User(**found) if found else None

    def courses(self) -> list[Course]:
        """Every course, by id."""
        return [Course(**row) for row in self.rows("SELECT * FROM courses ORDER BY id")]

    def course(self, course_id: int) -> Course | None:
        """One course, or None."""
        found = self.row("SELECT * FROM courses WHERE id = ?", course_id)
        return Course(**found) if found else None

    def enrolment(self, course_id: int, user_id: int) -> Enrolment | None:
        """A person's role in a course, or None when not enrolled."""
        found = self.row(
            "SELECT * FROM enrolments WHERE course_id = ? AND user_id = ?", course_id, user_id
        )
        return Enrolment(**found) if found else None

    def members(self, course_id: int, *, role: Role | None = None) -> list[tuple[User, Enrolment]]:
        """Active members in Moodle's order: family name, given name, id, by code point."""
        found = self.rows(
            "SELECT users.* FROM users JOIN enrolments ON enrolments.user_id = users.id"
            " WHERE enrolments.course_id = ? AND enrolments.active"
            " ORDER BY users.family, users.given, users.id",
            course_id,
        )
        people = [User(**row) for row in found]
        pairs = [(person, self.enrolment(course_id, person.id)) for person in people]
        return [
            (person, enrolment)
            for person, enrolment in pairs
            if enrolment is not None and role in (None, enrolment.role)
        ]

    def enrol(self, course_id: int, user_id: int, role: Role = "student") -> None:
        """Puts a person into a course; their old grades there do not come back."""
        self.save("enrolments", Enrolment(course_id, user_id, role))

    def suspend(self, course_id: int, user_id: int, *, active: bool = False) -> None:
        """Suspends an enrolment (or lifts that): gone from the roster, still gradable."""
        self.execute(
            "UPDATE enrolments SET active = ? WHERE course_id = ? AND user_id = ?",
            active,
            course_id,
            user_id,
        )

    def unenrol(self, course_id: int, user_id: int) -> None:
        """Takes a person out of a course, with their grades there, as Moodle does."""
        with self.transaction():
            self.execute(
                "DELETE FROM enrolments WHERE course_id = ? AND user_id = ?", course_id, user_id
            )
            self.execute(
                "DELETE FROM grades WHERE user_id = ? AND item_id IN"
                " (SELECT id FROM items WHERE course_id = ?)",
                user_id,
                course_id,
            )

    # -- activities and tools ---------------------------------------------------------------
    def activities(self, course_id: int) -> list[Activity]:
        """The activities of a course, in the order they were added."""
        found = self.rows("SELECT * FROM activities WHERE course_id = ? ORDER BY cmid", course_id)
        return [Activity(**row) for row in found]

    def activity(self, activity_id: int | None) -> Activity | None:
        """An activity by its instance id (LTI resource link id), or None."""
        found = self.row("SELECT * FROM activities WHERE id = ?", activity_id)
        return Activity(**found) if found else None

    def activity_of_cmid(self, cmid: int | None) -> Activity | None:
        """An activity by its course module id (the `id` of view.php), or None."""
        found = self.row("SELECT * FROM activities WHERE cmid = ?", cmid)
        return Activity(**found) if found else None

    def tools(self) -> list[Tool]:
        """Every registered tool, by deployment id."""
        return [Tool(**row) for row in self.rows("SELECT * FROM tools ORDER BY id")]

    def tool(self, type_id: int | None) -> Tool | None:
        """A tool by its type id, or None."""
        found = self.row("SELECT * FROM tools WHERE id = ?", type_id)
        return Tool(**found) if found else None

    def tool_of_client(self, client_id: str) -> Tool | None:
        """A tool by its client id, or None."""
        found = self.row("SELECT * FROM tools WHERE client_id = ?", client_id)
        return Tool(**found) if found else None

    # -- launches and access tokens -----------------------------------------------------------
    def start_launch(self, launch: Launch) -> None:
        """Remembers a message until auth.php fetches it."""
        self.save("launches", launch)

    def take_launch(self, launch_id: str, user_id: int) -> Launch | None:
        """The launch of this person with this id, once; None afterwards."""
        with self.transaction():
            found = self.row(
                "SELECT * FROM launches WHERE id = ? AND user_id = ?", launch_id, user_id
            )
            self.execute("DELETE FROM launches WHERE id = ? AND user_id = ?", launch_id, user_id)
        return Launch(**found) if found else None

    def new_token(self, type_id: int, scopes: Sequence[str], expires: int) -> str:
        """A fresh bearer token (32 hexadecimal digits) for a tool; `expires` in unix seconds."""
        token = secrets.token_hex(16)
        self.execute(
            "INSERT INTO tokens (token, type_id, scopes, expires) VALUES (?, ?, ?, ?)",
            token,
            type_id,
            " ".join(scopes),
            expires,
        )
        return token

    def token(self, token: str, now: float) -> tuple[int, frozenset[str]] | None:
        """The tool and scopes of a bearer token that has not expired, or None."""
        found = self.row("SELECT * FROM tokens WHERE token = ? AND expires > ?", token, now)
        return (found["type_id"], frozenset(found["scopes"].split())) if found else None

    def expire_tokens(self) -> None:
        """Makes every access token invalid, as a purge or a restart of an LMS does."""
        self.execute("DELETE FROM tokens")

    # -- gradebook, read side ---------------------------------------------------------------
    def items(self, course_id: int) -> list[Item]:
        """The columns of a course's gradebook, by id, the course total left out."""
        found = self.rows(
            "SELECT * FROM items WHERE course_id = ? AND itemtype != 'course' ORDER BY id",
            course_id,
        )
        return [Item(**row) for row in found]

    def item(self, item_id: int) -> Item | None:
        """One column, or None."""
        found = self.row("SELECT * FROM items WHERE id = ?", item_id)
        return Item(**found) if found else None

    def item_of_activity(self, activity_id: int) -> Item | None:
        """The column that belongs to an activity, or None (ungraded, or deleted)."""
        found = self.row(
            "SELECT * FROM items WHERE activity_id = ? AND itemtype = 'mod'", activity_id
        )
        return Item(**found) if found else None

    def grade(self, item_id: int, user_id: int) -> Grade | None:
        """One cell, or None when nothing was ever graded there."""
        found = self.row("SELECT * FROM grades WHERE item_id = ? AND user_id = ?", item_id, user_id)
        return Grade(**found) if found else None

    def grades(self, item_id: int) -> list[Grade]:
        """The cells of a column, by user id."""
        found = self.rows("SELECT * FROM grades WHERE item_id = ? ORDER BY user_id", item_id)
        return [Grade(**row) for row in found]
