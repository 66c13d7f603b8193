"""What ``competences moodle`` prints: plans, reports, findings and clicks, as plain lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

from lti_app.cli.language import say
from lti_app.services.moodle.checks import Check, State
from lti_app.services.moodle.clicks import clicks
from lti_app.services.moodle.plan_texts import counted, note_text, step_mark, step_text
from lti_app.services.moodle.push import Report
from lti_app.services.moodle.steps import Plan

MARKS = {State.OK: "✓", State.MISSING: "✗", State.ADVICE: "!", State.UNKNOWN: "?"}


def plan_lines(plan: Plan, lang: str) -> Iterator[str]:
    """One line a step, then what stays, then what a person should know."""
    yield f"{plan.idnumber}  {plan.shortname}"
    for step in plan.steps:
        yield f"  {step_mark(step)} {step_text(step, lang)}"
    for found in plan.only_in_moodle:
        only = say("seulement dans Moodle, laissée", "only in Moodle, left", lang)
        yield f"  · {found.idnumber}  {found.content.shortname}  ({only})"
    yield counted(plan, lang)
    for note in plan.notes:
        yield f"! {note_text(note, lang)}"


def report_lines(report: Report, lang: str) -> Iterator[str]:
    """What was done, in numbers."""
    total = sum(report.applied.values())
    if not total:
        yield say(
            "Moodle est déjà comme le référentiel.", "Moodle already is as the référentiel.", lang
        )
    else:
        yield say(
            f"Moodle est maintenant comme le référentiel : {total} étapes, {report.requests} requêtes, "
            f"{report.seconds:.1f} s.",
            f"Moodle now is as the référentiel: {total} steps, {report.requests} requests, "
            f"{report.seconds:.1f} s.",
            lang,
        )
    if report.kept_in_use:
        kept = ", ".join(report.kept_in_use)
        yield say(
            f"Gardées par Moodle, car elles servent : {kept}.",
            f"Kept by Moodle since they are in use: {kept}.",
            lang,
        )


def check_lines(checks: Sequence[Check], lang: str) -> Iterator[str]:
    """One line a finding; what to do about it, and where, below."""
    for check in checks:
        advice = check.advice(lang)
        if check.state is State.OK:
            yield f"{MARKS[check.state]} {check.title(lang)}{'  ' + advice if advice else ''}"
            continue
        yield f"{MARKS[check.state]} {check.title(lang)}"
        yield f"    {advice}"
        if check.url:
            yield f"    {check.url}"


def added(new: Sequence[str], already: Sequence[str], lang: str) -> str:
    """How many were added and how many were there."""
    return say(
        f"{len(new)} ajoutée(s), {len(already)} déjà là",
        f"{len(new)} added, {len(already)} already there",
        lang,
    )


def show_clicks(
    base_url: str,
    kinds: Sequence[str],
    lang: str,
    *,
    course_id: int | None = None,
    template_id: int | None = None,
) -> None:
    """What is left to do by hand in Moodle."""
    click.echo()
    click.echo(
        say(
            "À la main, car aucun service web ne le fait :",
            "By hand, since no web service does it:",
            lang,
        )
    )
    for one in clicks(base_url, course_id=course_id, template_id=template_id):
        if one.kind in kinds:
            click.echo(f"- {one.title(lang)}")
            click.echo(f"    {one.how(lang)}")
            click.echo(f"    {one.url}")


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; nothing where that is no terminal."""
    stream = sys.stderr
    if not stream.isatty():
        yield lambda _done, _total: None
        return
    with click.progressbar(length=1, label=title, file=stream) as bar:

        def told(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield told
