"""Chromium profiles whose owner has refused cookies, as its own settings page writes them.

``THIRD_PARTY`` blocks third-party cookies (partitioned ones are no such). ``IN_FRAMES`` keeps none of the tool's
while the LMS frames it, which is how browsers behave that partition nothing and block everything.
"""

from __future__ import annotations

import json
from pathlib import Path

THIRD_PARTY, IN_FRAMES = "third-party", "in-frames"
BLOCK = 2
"""Chromium's CONTENT_SETTING_BLOCK."""


def write(profile: Path, refused: str, tool_url: str, lms_url: str) -> Path:
    """Makes the profile's folder, for ``launch_persistent_context``, and returns it."""
    if refused == THIRD_PARTY:
        wanted = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
    else:
        rule = {f"{tool_url},{lms_url}": {"setting": BLOCK, "last_modified": "13300000000000000"}}
        wanted = {"content_settings": {"exceptions": {"cookies": rule}}}
    folder = profile / "Default"
    folder.mkdir(parents=True)
    (folder / "Preferences").write_text(json.dumps({"profile": wanted}))
    return profile
