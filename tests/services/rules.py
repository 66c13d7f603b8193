"""Rules for tests, written as the custom parameters of an activity."""

from __future__ import annotations

from collections.abc import Mapping

from lti_app.services.activities.framing import Framing, LinkSettings, resolve, settings_from_custom
from lti_app.services.referentials.catalogue import FILES


def read_rules(custom: Mapping[str, str]) -> LinkSettings:
    return settings_from_custom(custom, FILES)


def framed(settings: LinkSettings) -> Framing:
    return resolve(settings, FILES)
