"""What can keep a référentiel from getting into a Moodle, said in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from lti_app.errors import InputError, MoodleRefused
from lti_app.services.moodle.texts import sentence


class MoodleInputError(InputError):
    """Something a person has to mend. ``kind`` is a key of ``texts.SENTENCES``."""

    def __init__(self, kind: str, **values: object) -> None:
        self.kind = kind
        self.values = values
        super().__init__(self.message("fr"))

    def message(self, language: str) -> str:
        """The sentence in French or English."""
        return sentence(self.kind, language, **self.values)


class ScaleMissing(MoodleInputError):
    """A new framework needs a scale that no framework of this Moodle shows.

    ``levels`` are the names to give it, ``candidates`` the numbers of scales that have them but may
    belong to a course.
    """

    def __init__(self, levels: Sequence[str], candidates: Sequence[int], base_url: str) -> None:
        self.levels = tuple(levels)
        self.candidates = tuple(candidates)
        super().__init__(
            "scale_candidates" if candidates else "scale_missing",
            levels=", ".join(levels),
            candidates=", ".join(map(str, candidates)),
            first=candidates[0] if candidates else "N",
            base=base_url,
        )


class PushIncomplete(MoodleInputError):
    """Moodle's framework still differs after all was applied: somebody else is changing it."""

    def __init__(self, idnumber: str) -> None:
        super().__init__("push_incomplete", idnumber=idnumber)


REFUSALS = {
    "invalidtoken": "refused_token",
    "accessexception": "refused_access",
    "nopermissions": "refused_permission",
    "requireloginerror": "refused_permission",
}


def refused(error: MoodleRefused, language: str) -> str:
    """A refusal of Moodle's as a sentence that says what to do, where that is known."""
    kind = REFUSALS.get(error.errorcode, "refused_other")
    code = error.errorcode or "PHP"
    return sentence(kind, language, function=error.function, code=code, reason=error.reason)
