"""``competences moodle``: a référentiel in a Moodle, kept up to date over its web services."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TextIO

import click

from exporters.base import RULE_OUTCOMES, RULES
from lti_app.cli import moodle_output as output
from lti_app.cli.language import lang_option, say
from lti_app.cli.support import parts
from lti_app.errors import MoodleRefused
from lti_app.services.moodle import pushes
from lti_app.services.moodle.errors import MoodleInputError, refused
from lti_app.services.wiring import Wiring
from referential.library import DEFAULT_REFERENTIAL, DEFAULT_SCALE

PLATFORM: Any = click.argument("platform", type=int, metavar=say("PLATEFORME", "PLATFORM"))


def _choices(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say what to push."""
    options = (
        click.option(
            "--referential",
            default=DEFAULT_REFERENTIAL,
            show_default=True,
            help=say("Nom du référentiel.", "Name of the référentiel."),
        ),
        click.option(
            "--scale",
            default=DEFAULT_SCALE,
            show_default=True,
            help=say("Nom de l’échelle dans config/.", "Name of the scale in config/."),
        ),
        click.option(
            "--scale-id",
            type=click.IntRange(1),
            help=say(
                "Numéro de l’échelle dans Moodle, pour un nouveau référentiel.",
                "Number of Moodle’s scale, for a new framework.",
            ),
        ),
        click.option(
            "--rule",
            type=click.Choice(RULES),
            default="none",
            show_default=True,
            help=say(
                "Un élément découle de tous ceux qu’il contient, ou de points.",
                "An element follows from all those in it, or from points.",
            ),
        ),
        click.option(
            "--rule-share",
            type=click.IntRange(1, 100),
            default=50,
            show_default=True,
            metavar="%",
            help=say("Part des points nécessaire.", "Share of the points that is needed."),
        ),
        click.option(
            "--rule-outcome",
            type=click.Choice(RULE_OUTCOMES),
            default="complete",
            show_default=True,
            help=say("Ce que Moodle fait alors.", "What Moodle does then."),
        ),
        click.option(
            "--exact",
            is_flag=True,
            help=say(
                "Retire aussi les relations et les règles que seul Moodle a.",
                "Also drops relations and rules that only Moodle has.",
            ),
        ),
        click.option(
            "--prune",
            is_flag=True,
            help=say(
                "Supprime les compétences que seul Moodle a ; Moodle garde celles qui servent.",
                "Removes competencies that only Moodle has; Moodle keeps those in use.",
            ),
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group(
    help=say(
        "Envoyer un référentiel dans un Moodle par ses services web. PLATEFORME est le numéro "
        "que donne « competences platform list ».",
        "Push a référentiel into a Moodle over its web services. PLATFORM is the number that "
        "“competences platform list” shows.",
    )
)
def moodle() -> None:
    pass


@moodle.command(
    help=say(
        "Garde, chiffré, le jeton des services web, une fois que Moodle l’a accepté.",
        "Keeps the web-service token, encrypted, once Moodle has accepted it.",
    )
)
@PLATFORM
@click.option(
    "--token-file",
    type=click.File("r"),
    required=True,
    help=say(
        "Fichier du jeton ; - pour l’entrée standard.", "The token’s file; - for standard input."
    ),
)
@click.option(
    "--url",
    default="",
    help=say(
        "Adresse de Moodle, si ce n’est pas l’émetteur.", "Moodle’s address, if not the issuer."
    ),
)
@lang_option
def connect(platform: int, token_file: TextIO, url: str, lang: str) -> None:
    from lti_app.services.moodle import connections

    with _parts(lang) as wired:
        site = connections.connect(wired, platform, token_file.read(), url)
        click.echo(f"{site.name}\tMoodle {site.release}")
        click.echo(say("Jeton accepté et gardé.", "Token accepted and kept.", lang))


@moodle.command(help=say("Oublie le jeton d’une plateforme.", "Forgets a platform’s token."))
@PLATFORM
@lang_option
def disconnect(platform: int, lang: str) -> None:
    from lti_app.services.moodle import connections

    with _parts(lang) as wired:
        connections.disconnect(wired, platform)
        click.echo(
            say(
                "Jeton oublié. Supprimez-le aussi dans Moodle.",
                "Token forgotten. Delete it in Moodle too.",
                lang,
            )
        )


@moodle.command(
    help=say(
        "Montre ce qu’un envoi ferait, sans rien changer. Se termine par 2 s’il y a à faire.",
        "Shows what a push would do and changes nothing. Exits with 2 if there is something to do.",
    )
)
@PLATFORM
@_choices
@lang_option
def plan(platform: int, lang: str, **chosen: Any) -> None:
    from lti_app.services.moodle import connections, reading
    from lti_app.services.moodle.plan import make_plan

    choices = pushes.Choices(language="fr", **chosen)
    with _parts(lang) as wired:
        ws = connections.open_ws(wired, platform)
        wanted = choices.wanted(wired, platform)
        found = reading.read(ws, wanted.idnumber, related=wanted.states_related)
        made = make_plan(wanted, found, prune=choices.prune)
    for line in output.plan_lines(made, lang):
        click.echo(line)
    if not made.is_empty:
        raise click.exceptions.Exit(2)


@moodle.command(
    help=say(
        "Envoie le référentiel : crée, met à jour, déplace, range. Ne touche à aucune évaluation. Interrompu, "
        "il reprend où il en était.",
        "Pushes the référentiel: creates, updates, moves, arranges. Touches no rating. Interrupted, it goes "
        "on where it stopped.",
    )
)
@PLATFORM
@_choices
@lang_option
def push(platform: int, lang: str, **chosen: Any) -> None:
    choices = pushes.Choices(language="fr", **chosen)
    with _parts(lang) as wired:
        number = pushes.request(wired, platform, choices)
        with output.progress(say("Envoi", "Pushing", lang)) as bar:
            report = pushes.run(wired, number, bar)
    if report is None:
        raise click.ClickException(MoodleInputError("push_running", number=number).message(lang))
    for line in output.report_lines(report, lang):
        click.echo(line)


@moodle.command(
    "link-course",
    help=say(
        "Lie au cours COURS (son numéro dans Moodle) les compétences des CODES, ou toutes.",
        "Links the competences of the CODES, or all, to the course COURSE (its number in Moodle).",
    ),
)
@PLATFORM
@click.argument("course", type=int, metavar=say("COURS", "COURSE"))
@click.argument("codes", nargs=-1)
@click.option("--referential", default=DEFAULT_REFERENTIAL, show_default=True)
@lang_option
def link_course(
    platform: int, course: int, codes: tuple[str, ...], referential: str, lang: str
) -> None:
    from lti_app.services.moodle import connections, course_links
    from lti_app.services.moodle.parts import part

    with _parts(lang) as wired:
        chosen = part(wired, platform, referential, codes)
        ws = connections.open_ws(wired, platform)
        with output.progress(say("Liens", "Links", lang)) as bar:
            links = course_links.link_course(
                ws, course, chosen.framework, chosen.idnumbers, progress=bar
            )
    click.echo(output.added(links.added, links.already, lang))
    click.echo(links.url)
    output.show_clicks(ws.base_url, ("activity",), lang, course_id=course)


@moodle.command(
    help=say(
        "Crée, ou complète, un modèle de plan de formation avec les compétences des CODES, ou toutes.",
        "Makes, or completes, a learning-plan template with the competences of the CODES, or all.",
    )
)
@PLATFORM
@click.argument("codes", nargs=-1)
@click.option("--name", default="", help=say("Nom du modèle.", "Name of the template."))
@click.option(
    "--due",
    type=click.DateTime(["%Y-%m-%d"]),
    help=say("Échéance des plans.", "When the plans are due."),
)
@click.option("--referential", default=DEFAULT_REFERENTIAL, show_default=True)
@lang_option
def template(
    platform: int,
    codes: tuple[str, ...],
    name: str,
    due: datetime | None,
    referential: str,
    lang: str,
) -> None:
    from lti_app.services.moodle import connections, templates
    from lti_app.services.moodle.parts import part

    with _parts(lang) as wired:
        chosen = part(wired, platform, referential, codes)
        ws = connections.open_ws(wired, platform)
        with output.progress(say("Modèle", "Template", lang)) as bar:
            made = templates.make_template(
                ws,
                chosen.framework,
                name or chosen.title,
                chosen.idnumbers,
                description=chosen.description,
                due=due.astimezone() if due else None,
                progress=bar,
            )
    click.echo(f"{made.name}\t{output.added(made.added, made.already, lang)}")
    click.echo(made.url)
    output.show_clicks(ws.base_url, ("cohort",), lang, template_id=made.id)


@moodle.command(
    help=say(
        "Examine un Moodle de l’extérieur : ce qui est prêt, ce qui manque, où le mettre en ordre.",
        "Examines a Moodle from outside: what is ready, what is missing, where to mend it.",
    )
)
@PLATFORM
@click.option(
    "--course",
    type=int,
    help=say("Examine aussi les droits dans ce cours.", "Also examines the rights in this course."),
)
@lang_option
def doctor(platform: int, course: int | None, lang: str) -> None:
    from lti_app.services.moodle import examination

    with _parts(lang) as wired:
        found = examination.examine_platform(wired, platform, course_id=course)
    for line in output.check_lines(found.checks, lang):
        click.echo(line)
    output.show_clicks(
        found.base_url, ("scale", "activity", "cohort", "outcomes_on", "outcomes"), lang
    )
    if not found.ready:
        raise click.exceptions.Exit(1)


@contextmanager
def _parts(lang: str) -> Iterator[Wiring]:
    """The wired parts; our own sentences in the chosen language."""
    with parts() as wired:
        try:
            yield wired
        except MoodleInputError as error:
            raise click.ClickException(error.message(lang)) from error
        except MoodleRefused as error:
            raise click.ClickException(refused(error, lang)) from error
        except KeyboardInterrupt:
            click.echo(MoodleInputError("push_interrupted").message(lang), err=True)
            sys.exit(130)
