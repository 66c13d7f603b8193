"""Says which entries of a form were held back because a colleague was there meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash
from flask_babel import gettext as _

from lti_app.services.activities.framing import Framing
from lti_app.services.classes.clashes import Clash
from lti_app.services.classes.mark_words import mark_words
from lti_app.views.filters import language, moment, typo

TOLD = 5  # one by one; of more only the number


def say_clashes(held: Sequence[Clash], framing: Framing) -> None:
    """One notice each: what a colleague entered stays, and the form can be sent again over it."""
    for clash in held[:TOLD]:
        flash(
            _(
                "%(code)s : %(author)s a mis « %(level)s » (%(when)s) pendant votre saisie. Ce niveau "
                "reste ; la page le montre, et vous pouvez le changer.",
                code=clash.entry.code,
                author=clash.author or _("quelqu’un"),
                level=_said(clash, framing),
                when=moment(clash.at),
            ),
            "warning",
        )
    if len(held) > TOLD:
        flash(
            _(
                "%(count)s autres saisies ont rencontré celles d’un collègue, qui restent.",
                count=len(held) - TOLD,
            ),
            "warning",
        )


def _said(clash: Clash, framing: Framing) -> str:
    if clash.mark:
        return mark_words()[clash.mark].name
    level = framing.scale.level(clash.level) if clash.level else framing.scale.unassessed
    return typo(level.name(language()))
