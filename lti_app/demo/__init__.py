"""The embedded LMS: « Lycée de démonstration », an LTI 1.3 platform of our own.

It lets people see the product before they touch their Moodle, and gives the tests a
platform whose messages agree field by field with those recorded from a Moodle 4.5.
It is never part of a service: `create_lms` refuses anything but a demo or a test on the
loopback interface.

    with listen() as lms_door, listen("localhost") as tool_door:
        lms = create_lms(LmsConfig(issuer=lms_door.url, tool_url=tool_door.url,
                                   enabled=True, purpose="tests"))
        with serve(lms, lms_door):
            ...
"""

from lti_app.demo.app import create_lms
from lti_app.demo.config import LmsConfig, StartRefusedError
from lti_app.demo.faults import Call, Faults
from lti_app.demo.lms import Lms
from lti_app.demo.model import Activity, Course, Enrolment, Grade, Item, Seed, Tool, User
from lti_app.demo.seed import DEMO_SEED
from lti_app.demo.server import Door, listen, serve

__all__ = [
    "DEMO_SEED",
    "Activity",
    "Call",
    "Course",
    "Door",
    "Enrolment",
    "Faults",
    "Grade",
    "Item",
    "Lms",
    "LmsConfig",
    "Seed",
    "StartRefusedError",
    "Tool",
    "User",
    "create_lms",
    "listen",
    "serve",
]
