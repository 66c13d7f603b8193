"""How an activity grades: the teacher's settings, what a change would do, and why a grade is what it is."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from lti_app.errors import InputError
from lti_app.models import ResourceLink
from lti_app.services.activities import link_settings
from lti_app.services.activities.framing import Framing
from lti_app.services.classes import classroom
from lti_app.services.grades import (
    column_kinds,
    dry_run,
    explaining,
    outgrown,
    read_back,
    rule_preview,
    rule_texts,
    sync_texts,
)
from lti_app.services.grades.explaining import Explanation
from lti_app.services.grades.rule_preview import Preview
from lti_app.services.wiring import wiring
from lti_app.views import explained, rule_forms
from lti_app.views.guard import LEARNER, TEACHER, allow
from lti_app.views.keeping import Typed

bp = Blueprint("rules", __name__, url_prefix="/s/<sid>")


# the rules in words, for every page that shows a grade
bp.add_app_template_global(rule_texts.grade_sentences)
bp.add_app_template_global(rule_texts.level_sentences)
bp.add_app_template_global(rule_texts.mastery_sentences)


@bp.get("/rules")
@allow(TEACHER)
def settings(sid: str) -> ResponseReturnValue:
    """The rules as they are; with values in the address, as a teacher was about to change them."""
    with wiring().store.read() as session:
        link, framing = _activity(session)
        chosen = rule_forms.kept(request.args, framing) if request.args else framing.settings
        return _form(session, link, framing, rule_forms.shown(chosen, framing))


def _previewed(_form: MultiDict[str, str], _framing: Framing | None) -> list[str]:
    return [_("→ Voir quelles notes changeraient. Rien ne change encore.")]


@bp.post("/rules/preview")
@allow(TEACHER, typed=Typed(_l("Règles de note"), _previewed))
def preview(sid: str) -> ResponseReturnValue:
    """Which grades the form would change. A form that cannot be taken is shown again with the reason."""
    with wiring().store.read() as session:
        link, framing = _activity(session)
        try:
            if request.form.get("placed"):
                chosen = link_settings.placed(link)
            elif "fingerprint" in request.form:
                # the preview's own form, sent on after its session had ended
                chosen = rule_forms.kept(request.form, framing)
            else:
                chosen = rule_forms.taken(request.form, framing)
            found = rule_preview.preview(session, g.launch, chosen)
        except InputError as error:
            fields = rule_forms.shown_again(request.form, framing)
            return _form(session, link, framing, fields, str(error)), 400
        return _preview(found, framing, placed=bool(request.form.get("placed")))


@bp.post("/rules")
@allow(TEACHER, typed=Typed(_l("Règles de note"), _previewed, via="rules.preview"))
def change(sid: str) -> ResponseReturnValue:
    """Makes the change that the preview showed; shows it again if the class changed meanwhile."""
    parts = wiring()
    with parts.store.write() as session:
        link, framing = _activity(session)
        placed = bool(request.form.get("placed"))
        chosen = link_settings.placed(link) if placed else rule_forms.kept(request.form, framing)
        seen = request.form.get("fingerprint", "")
        other = rule_preview.apply(session, g.launch, chosen, seen, parts.clock())
    if other is not None:
        flash(
            _("La classe a été évaluée entre-temps : voici ce que la règle changerait maintenant."),
            "warning",
        )
        return _preview(other, framing, placed=placed)
    parts.wake()
    flash(_("Les règles sont changées. Les notes concernées sont en route vers Moodle."), "success")
    return redirect(url_for(".settings", sid=sid), code=303)


@bp.get("/students/<int:learner_id>/why")
@bp.get("/students/<int:learner_id>/why/<part>")
@allow(TEACHER)
def why(sid: str, learner_id: int, part: str = "") -> ResponseReturnValue:
    """Why a student's grade is what it is."""
    with wiring().store.read() as session:
        return _why(explaining.explain(session, g.launch, learner_id, part))


@bp.get("/progress/why")
@bp.get("/progress/why/<part>")
@allow(LEARNER)
def own_why(sid: str, part: str = "") -> ResponseReturnValue:
    """The same for the student themselves."""
    with wiring().store.read() as session:
        return _why(explaining.explain_own(session, g.launch, part))


@bp.get("/grades/check")
@allow(TEACHER)
def check(sid: str) -> ResponseReturnValue:
    """What the next sending would change in the gradebook; nothing is sent."""
    parts = wiring()
    read_back.refresh_if_old(parts, g.launch.resource_link_id)
    with parts.store.read() as session:
        _link, framing = _activity(session)
        found = dry_run.dry_run(session, g.launch)
    return render_template(
        "dry_run.html", found=found, framing=framing, sentence=sync_texts.grade_sentence
    )


def _activity(session: Session) -> tuple[ResourceLink, Framing]:
    link = session.get_one(ResourceLink, g.launch.resource_link_id)
    return link, link_settings.framing(session, link)


def _form(
    session: Session,
    link: ResourceLink,
    framing: Framing,
    fields: dict[str, object],
    refusal: str = "",
) -> str:
    own = classroom.own_column(session, link.id)
    return render_template(
        "rules.html",
        framing=framing,
        fields=fields,
        refusal=refusal,
        parts=rule_forms.parts(framing),
        steps=rule_forms.STEPS,
        texts=rule_texts,
        changed=link_settings.is_changed(link),
        shown=column_kinds.levels_of(own, framing) if own else 0,
        in_doubt=column_kinds.in_doubt(own, framing) if own else 0,
        outgrown=outgrown.of(session, link.id, framing),
    )


def _preview(found: Preview, before: Framing, *, placed: bool) -> str:
    return render_template(
        "rules_preview.html",
        found=found,
        before=before,
        framing=found.framing,
        hidden=rule_forms.hidden(found.framing.settings),
        placed=placed,
        columns={node.code: node for node in (*before.parts, *found.framing.parts)},
    )


def _why(found: Explanation) -> str:
    return render_template(
        "why.html",
        found=found,
        framing=found.framing,
        groups=explained.groups(found),
        formula=explained.formula(found),
        texts=rule_texts,
        why_not=sync_texts.standing_sentence(
            found.standing, found.spoken_name, found.framing.places
        ),
    )
