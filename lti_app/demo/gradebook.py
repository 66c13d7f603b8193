"""The gradebook: columns, scores from tools, and what teachers do to both.

The rules are those measured on a Moodle 4.5, per kind of column:

* a *coupled* column keeps the tool's raw grade and protects a teacher's edit;
* a *standalone* one keeps no raw grade, and the next score overwrites a teacher's edit;
* a score that is not newer than the cell, at one second's grain, is refused;
* a score without a grade erases the cell, a score without a comment erases the comment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from lti_app.demo.grading import DECIMALS, bounded, rescaled
from lti_app.demo.model import Activity, Grade, Item
from lti_app.demo.store import Store

PLAIN = 2


class NotNewerError(Exception):
    """The score's time is not after the cell's (Moodle answers 409)."""


class LockedError(Exception):
    """The cell or its column is locked (Moodle answers 500 without a reason)."""


class Gradebook:
    """Writes to the gradebook of one store; `clock` gives unix time."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    # -- columns --------------------------------------------------------------------------
    def ensure_course_total(self, course_id: int) -> None:
        """Makes the course total, which takes an id of its own, once."""
        if self._store.row(
            "SELECT id FROM items WHERE course_id = ? AND itemtype = 'course'", course_id
        ):
            return
        self._store.save(
            "items",
            Item(
                id=self._store.next_id("items"),
                course_id=course_id,
                itemtype="course",
                activity_id=None,
                link_id=None,
                type_id=None,
                label="",
                maximum=100,
            ),
        )

    def add_activity_item(self, activity: Activity) -> Item | None:
        """The column of a new activity; None for an ungraded one."""
        self.ensure_course_total(activity.course_id)
        if activity.grade is None and not activity.scale:
            return None
        item = Item(
            id=self._store.next_id("items"),
            course_id=activity.course_id,
            itemtype="mod",
            activity_id=activity.id,
            link_id=activity.id,
            type_id=activity.type_id,
            label=activity.name,
            maximum=float(len(activity.scale) or activity.grade or 0),
            scale=activity.scale,
            resource_id=activity.resource_id,
            tag=activity.tag,
            review_url=activity.review_url,
            review_custom=activity.review_custom,
        )
        self._store.save("items", item)
        return item

    def add_standalone_item(
        self,
        course_id: int,
        type_id: int,
        label: str,
        maximum: float,
        *,
        link_id: int | None = None,
        resource_id: str = "",
        tag: str = "",
    ) -> Item:
        """A column made by a tool. Nothing stops a second one with the same tag."""
        with self._store.transaction():
            self.ensure_course_total(course_id)
            item = Item(
                id=self._store.next_id("items"),
                course_id=course_id,
                itemtype="manual",
                activity_id=None,
                link_id=link_id,
                type_id=type_id,
                label=label,
                maximum=maximum,
                resource_id=resource_id,
                tag=tag,
            )
            self._store.save("items", item)
        return item

    def update_item(
        self,
        item: Item,
        label: str,
        maximum: float,
        *,
        resource_id: str,
        tag: str,
        review_url: str,
        review_custom: Mapping[str, str],
    ) -> Item:
        """Replaces a column's settings; a new maximum rescales the grades in it."""
        if item.scale:
            maximum = item.maximum
        changed = replace(
            item,
            label=label,
            maximum=maximum,
            resource_id=resource_id,
            tag=tag,
            review_url=review_url,
            review_custom=dict(review_custom),
        )
        with self._store.transaction():
            self._store.save("items", changed)
            if item.maximum > 0 and maximum != item.maximum:
                factor = maximum / item.maximum
                for grade in self._store.grades(item.id):
                    self._store.save(
                        "grades",
                        replace(
                            grade,
                            raw=_times(grade.raw, factor),
                            final=_times(grade.final, factor),
                        ),
                    )
        return changed

    def delete_item(self, item_id: int) -> None:
        """Removes a column and its grades; the activity it belonged to stays."""
        with self._store.transaction():
            self._store.execute("DELETE FROM grades WHERE item_id = ?", item_id)
            self._store.execute("DELETE FROM items WHERE id = ?", item_id)

    def lock_item(self, item_id: int, *, locked: bool = True) -> None:
        """Locks or frees a whole column."""
        self._store.execute(
            "UPDATE items SET locked = ? WHERE id = ?", int(self._clock()) if locked else 0, item_id
        )

    # -- cells ----------------------------------------------------------------------------
    def score(
        self,
        item: Item,
        user_id: int,
        *,
        given: float | None,
        out_of: float,
        time: int,
        comment: str | None,
    ) -> Grade:
        """Takes in a tool's score; `given` None erases. `time` is in unix seconds.

        Raises `NotNewerError` and `LockedError`.
        """
        with self._store.transaction():
            old = self._store.grade(item.id, user_id) or Grade(item.id, user_id)
            if old.timemodified and old.timemodified >= time:
                raise NotNewerError
            if item.locked or old.locked:
                raise LockedError
            points = None if given is None else rescaled(given, out_of, item)
            scored = self._coupled if item.coupled else self._standalone
            new = scored(item, old, points, time, comment)
            self._store.save("grades", new)
        return new

    def _standalone(
        self, item: Item, old: Grade, points: float | None, time: int, comment: str | None
    ) -> Grade:
        return replace(
            old,
            raw=None,
            final=None if points is None else bounded(points, item),
            feedback=comment,
            feedback_format=PLAIN,
            overridden=0,
            usermodified=0,
            timemodified=int(self._clock()) if points is None else time,
        )

    def _coupled(
        self, item: Item, old: Grade, points: float | None, time: int, comment: str | None
    ) -> Grade:
        new = replace(old, raw=points)
        if old.overridden:  # the teacher's grade and comment stand, and nobody is told
            return new
        if points is None:
            time_kept = int(self._clock()) if comment is not None else None
        else:
            time_kept = time
        return replace(
            new,
            final=None if points is None else bounded(points, item),
            feedback=comment,
            feedback_format=0 if comment is None else PLAIN,
            timemodified=time_kept,
        )

    def override(
        self, item: Item, user_id: int, teacher_id: int, final: float | None, feedback: str | None
    ) -> Grade:
        """A teacher's edit in the gradebook: time moves to now, also for an empty grade."""
        now = int(self._clock())
        with self._store.transaction():
            old = self._store.grade(item.id, user_id) or Grade(item.id, user_id)
            new = replace(
                old,
                final=None if final is None else bounded(round(final, DECIMALS), item),
                feedback=feedback,
                feedback_format=PLAIN if feedback is not None else old.feedback_format,
                overridden=now if item.coupled else 0,
                usermodified=teacher_id,
                timemodified=now,
            )
            self._store.save("grades", new)
            activity = self._store.activity(item.activity_id)
            if item.coupled and activity is not None and item.label != activity.name:
                self._store.execute(
                    "UPDATE items SET label = ? WHERE id = ?", activity.name, item.id
                )
        return new

    def release(self, item: Item, user_id: int) -> Grade | None:
        """Gives an overridden cell back to the tool: the raw grade counts again, under the time of the
        override (``grade_grade::set_overridden`` and ``grade_item::force_regrading``)."""
        with self._store.transaction():
            old = self._store.grade(item.id, user_id)
            if old is None or not old.overridden:
                return old
            new = replace(
                old,
                overridden=0,
                final=None if old.raw is None else bounded(old.raw, item),
            )
            self._store.save("grades", new)
        return new

    def lock(self, item_id: int, user_id: int, *, locked: bool = True) -> None:
        """Locks or frees one cell."""
        with self._store.transaction():
            old = self._store.grade(item_id, user_id) or Grade(item_id, user_id)
            self._store.save("grades", replace(old, locked=int(self._clock()) if locked else 0))


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, DECIMALS)
