"""Says which entries of a form were held back because somebody was there meanwhile."""

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
    """One notice each: what was entered meanwhile stays, and the form can be sent again over it."""
    for clash in held[:TOLD]:
        flash(_one(clash, framing), "warning")
    if len(held) > TOLD:
        flash(
            _(
                "%(count)s autres saisies en ont rencontré de plus récentes, qui restent.",
                count=len(held) - TOLD,
            ),
            "warning",
        )


def _one(clash: Clash, framing: Framing) -> str:
    code, level, when = clash.entry.code, _said(clash, framing), moment(clash.at)
    if clash.own:
        return _(
            "%(code)s : vous avez mis « %(level)s » (%(when)s) depuis, sur une autre page. Ce niveau "
            "reste ; la page le montre, et vous pouvez le changer.",
            code=code,
            level=level,
            when=when,
        )
    return _(
        "%(code)s : %(author)s a mis « %(level)s » (%(when)s) pendant votre saisie. Ce niveau "
        "reste ; la page le montre, et vous pouvez le changer.",
        code=code,
        author=clash.author or _("quelqu’un"),
        level=level,
        when=when,
    )


def _said(clash: Clash, framing: Framing) -> str:
    if clash.mark:
        return mark_words()[clash.mark].name
    level = framing.scale.level(clash.level) if clash.level else framing.scale.unassessed
    return typo(level.name(language()))
