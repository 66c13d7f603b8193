"""The LMS as one object: a Flask application that carries its store, keys and hooks.

Tests talk to it directly: `lms.store.grade(...)`, `lms.faults.add(...)`, `lms.calls`,
`lms.launch_form(...)`, `lms.id_token(...)`, `lms.sign(...)`.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from lti_app.demo import vocabulary as v
from lti_app.demo.claims import Message, Site, claims, target
from lti_app.demo.config import LmsConfig
from lti_app.demo.faults import Call, Faults
from lti_app.demo.gradebook import Gradebook
from lti_app.demo.keys import Signer, signer_of
from lti_app.demo.model import Activity, Launch, Tool, User
from lti_app.demo.store import Store
from lti_app.demo.urls import Addresses

ID_TOKEN_LIFE = 60
ACCESS_TOKEN_LIFE = 3600


class Lms(Flask):
    """One « Lycée de démonstration ». Made by `create_lms`, served by `serve`."""

    def __init__(self, config: LmsConfig, clock: Callable[[], float] = time.time) -> None:
        super().__init__("lti_app.demo", static_url_path="/theme", template_folder="templates")
        self.lms_config = config
        self.clock = clock
        self.addresses = Addresses(config.issuer)
        self.zone = ZoneInfo(config.timezone)
        self.store = Store(config.database)
        self.gradebook = Gradebook(self.store, clock)
        key = config.signing_key
        self.signer: Signer = signer_of(self.store) if key is None else Signer(key)
        self.faults = Faults(clock)
        self._plant()

    @property
    def calls(self) -> list[Call]:
        """The service calls answered so far, oldest first (token, AGS, NRPS)."""
        return self.faults.calls

    @property
    def issuer(self) -> str:
        """The LMS's own URL, the `iss` of everything it signs."""
        return self.lms_config.issuer

    def _plant(self) -> None:
        with self.store.transaction():
            fresh = not self.store.users()
            self.store.plant(self.lms_config.seed)
            if self.lms_config.with_tool:
                self.store.save("tools", self.lms_config.tool())
            if fresh:
                for activity in self.lms_config.seed.activities:
                    self.gradebook.add_activity_item(activity)

    # -- the tool --------------------------------------------------------------------------
    def tool_of(self, activity: Activity) -> Tool:
        """The tool an activity opens. Raises LookupError when it is gone."""
        tool = self.store.tool(activity.type_id)
        if tool is None:
            raise LookupError(f"activity {activity.id} has no tool")
        return tool

    def set_tool(self, **changes: Any) -> Tool:
        """Changes the first tool's settings (privacy, grade sync, keys…), as an admin does."""
        tool = self.store.tool(int(self.lms_config.deployment_id))
        if tool is None:
            raise LookupError("no tool to change")
        changed = replace(tool, **changes)
        self.store.save("tools", changed)
        return changed

    def add_activity(
        self, course_id: int, name: str, *, type_id: int | None = None, **settings: Any
    ) -> Activity:
        """Adds an activity and its column. `settings` are fields of `Activity`."""
        with self.store.transaction():
            activity = Activity(
                id=self.store.next_id("activities"),
                cmid=self.store.next_id("activities", "cmid"),
                course_id=course_id,
                name=name,
                type_id=type_id or int(self.lms_config.deployment_id),
                **settings,
            )
            self.store.save("activities", activity)
            self.gradebook.add_activity_item(activity)
        return activity

    # -- messages --------------------------------------------------------------------------
    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """Signs any claims with the LMS's key. `header` members given as None are left out."""
        return self.signer.sign(claims, **header)

    def start_launch(
        self,
        user: User,
        *,
        activity: Activity | None = None,
        course_id: int | None = None,
        tool: Tool | None = None,
        message_type: str = v.RESOURCE_LINK,
        for_user_id: int | None = None,
    ) -> dict[str, str]:
        """Remembers a message and gives the login initiation's form fields."""
        tool = tool or (self.tool_of(activity) if activity else None)
        course_id = activity.course_id if activity else course_id
        if tool is None or course_id is None:
            raise ValueError("a launch needs an activity, or a tool and a course")
        number = secrets.randbelow(2**31)
        hint: dict[str, object] = {}
        if activity is not None:
            hint["cmid"] = activity.cmid
            hint["launchid"] = f"ltilaunch{activity.id}_{number}"
        else:
            hint["launchid"] = f"ltilaunch_ContentItemSelectionRequest{number}"
        launch = Launch(
            id=str(hint["launchid"]),
            user_id=user.id,
            course_id=course_id,
            type_id=tool.id,
            activity_id=activity.id if activity else None,
            message_type=message_type,
            for_user_id=for_user_id,
        )
        self.store.start_launch(launch)
        return {
            "iss": self.issuer,
            "target_link_uri": target(self.message(launch, user)),
            "login_hint": str(user.id),
            "lti_message_hint": self.json.dumps(hint, separators=(",", ":"), sort_keys=False),
            "client_id": tool.client_id,
            "lti_deployment_id": str(tool.id),
        }

    def launch_form(
        self, user_id: int, activity_id: int, *, for_user_id: int | None = None
    ) -> dict[str, str]:
        """Fields of the form that opens an activity for a person (OIDC login initiation)."""
        user, activity = self._pair(user_id, activity_id)
        kind = v.RESOURCE_LINK if for_user_id is None else v.SUBMISSION_REVIEW
        return self.start_launch(
            user, activity=activity, message_type=kind, for_user_id=for_user_id
        )

    def message(
        self, launch: Launch, user: User, *, sesskey: str = "", locale: str = ""
    ) -> Message:
        """What a launch says, unsigned. Raises LookupError when its parts are gone."""
        course = self.store.course(launch.course_id)
        tool = self.store.tool(launch.type_id)
        if course is None or tool is None:
            raise LookupError("the launch's course or tool is gone")
        activity = self.store.activity(launch.activity_id)
        config = self.lms_config
        items = self.store.items(course.id)
        return Message(
            site=Site(
                addresses=self.addresses,
                shortname=config.site_shortname,
                fullname=config.site_fullname,
                guid=config.site_guid(),
                locale=locale or config.locale,
                container=config.launch_container,
                timezone="99",  # « the server's », what Moodle keeps for most people
            ),
            tool=tool,
            user=user,
            course=course,
            enrolment=self.store.enrolment(course.id, user.id),
            message_type=launch.message_type,
            activity=activity,
            items=[item for item in items if activity and item.link_id == activity.id],
            known_here=any(other.type_id == tool.id for other in self.store.activities(course.id)),
            for_user_id=launch.for_user_id,
            launch_number=secrets.randbelow(2**31),
            sesskey=sesskey,
        )

    def signed(self, message: Message, nonce: str) -> str:
        """The id_token of a message: 60 seconds to live."""
        now = int(self.clock())
        return self.sign(
            {"nonce": nonce, "iat": now, "exp": now + ID_TOKEN_LIFE, **claims(message)}
        )

    def launch_claims(
        self,
        user_id: int,
        activity_id: int,
        nonce: str,
        *,
        for_user_id: int | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Claims of a good id_token, with some replaced; an override of None takes one away."""
        user, activity = self._pair(user_id, activity_id)
        launch = Launch(
            id="",
            user_id=user_id,
            course_id=activity.course_id,
            type_id=activity.type_id,
            activity_id=activity.id,
            message_type=v.RESOURCE_LINK if for_user_id is None else v.SUBMISSION_REVIEW,
            for_user_id=for_user_id,
        )
        now = int(self.clock())
        found = {
            "nonce": nonce,
            "iat": now,
            "exp": now + ID_TOKEN_LIFE,
            **claims(self.message(launch, user, sesskey="0123456789")),
            **(overrides or {}),
        }
        return {name: value for name, value in found.items() if value is not None}

    def id_token(
        self,
        user_id: int,
        activity_id: int,
        nonce: str,
        *,
        overrides: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
    ) -> str:
        """A signed id_token without the browser's round trip, good or forged at will."""
        found = self.launch_claims(user_id, activity_id, nonce, overrides=overrides)
        return self.sign(found, **(header or {}))

    def _pair(self, user_id: int, activity_id: int) -> tuple[User, Activity]:
        user, activity = self.store.user(user_id), self.store.activity(activity_id)
        if user is None or activity is None:
            raise LookupError(f"no user {user_id} or no activity {activity_id}")
        return user, activity
