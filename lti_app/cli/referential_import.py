"""``competences referential import|list|versions|restore|template``: bringing and keeping référentiels.

What needs the database or openpyxl is imported when a command runs.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lti_app.cli.language import lang_option, say

if TYPE_CHECKING:
    from lti_app.services.referentials.importing import Proposal

FORMATS = ("auto", "text", "moodle-csv", "case", "spreadsheet")
TEMPLATES = (".csv", ".xlsx")

Command = TypeVar("Command", bound=Callable[..., None])


def _planned(command: Command) -> Command:
    """The options of whatever shows a plan before it acts."""
    options: tuple[Any, ...] = (
        click.option(
            "--platform",
            "platform_id",
            type=int,
            metavar="N",
            help=say(
                "Pour cette plateforme seulement (par défaut : tout le service).",
                "For this platform only (default: the whole service).",
            ),
        ),
        click.option(
            "--dry-run",
            is_flag=True,
            help=say("Montre le plan, sans plus.", "Only shows the plan."),
        ),
        click.option(
            "--yes", is_flag=True, help=say("Applique sans demander.", "Applies without asking.")
        ),
        click.option(
            "--all",
            "everything",
            is_flag=True,
            help=say("Montre chaque élément du plan.", "Shows each element of the plan."),
        ),
        lang_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command(
    "import",
    help=say(
        "Importe le référentiel du fichier FILE : montre ce qui changerait, puis l'applique en entier "
        "ou pas du tout. Les identifiants des éléments retrouvés sont gardés, et les évaluations "
        "avec eux.",
        "Imports the référentiel of FILE: shows what would change, then applies all of it or "
        "nothing. Elements found again keep their identifiers, and with them their assessments.",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="auto",
    show_default=True,
    help=say("Format du fichier.", "The file's format."),
)
@click.option(
    "--overlay",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=say(
        "La surcouche TOML d'un texte (par défaut : même nom que FILE, en .toml).",
        "The TOML overlay of a text (default: FILE's name with .toml).",
    ),
)
@click.option("--code", default="", help=say("Code du référentiel.", "The référentiel's code."))
@click.option("--title", default="", help=say("Titre du référentiel.", "The référentiel's title."))
@_planned
def import_(
    *,
    file: Path,
    format_: str,
    overlay: Path | None,
    code: str,
    title: str,
    platform_id: int | None,
    dry_run: bool,
    yes: bool,
    everything: bool,
    lang: str,
) -> None:
    """Findings on standard error, the plan on standard output."""
    from lti_app.cli.referential import show
    from lti_app.cli.support import parts
    from lti_app.services.referentials import importing
    from lti_app.services.referentials.catalogue import Catalogue
    from lti_app.services.referentials.reading import Upload
    from referential.decoding import MAX_MEGABYTES

    if overlay is None and file.suffix == ".txt" and file.with_suffix(".toml").is_file():
        overlay = file.with_suffix(".toml")
    with file.open("rb") as opened:
        data = opened.read(MAX_MEGABYTES * 1_000_000 + 1)
    upload = Upload(
        file.name,
        data,
        format_,
        overlay.read_bytes() if overlay else None,
        overlay.name if overlay else "",
    )
    with parts() as wired:
        with wired.store.read() as session:
            catalogue = Catalogue(session, _platform(session, platform_id, lang))
            outcome = importing.propose(catalogue, upload, code, title)
        show(file, outcome.findings, lang, err=True)
        if outcome.proposal is None:
            raise click.exceptions.Exit(1)
        if not _agreed(outcome.proposal, dry_run, yes, everything, lang):
            return
        with wired.store.write() as session:
            number = importing.apply(
                Catalogue(session, platform_id),
                outcome.proposal,
                file.name,
                importing.Author(_account()),
                wired.clock(),
            )
    tree = outcome.proposal.tree
    click.echo(
        say(
            f"Version {number} de {tree.code} enregistrée : c'est elle qui compte. Les activités "
            f"l'appellent « {outcome.proposal.name} ».",
            f"Version {number} of {tree.code} is stored and counts now. Activities call it "
            f"“{outcome.proposal.name}”.",
            lang,
        )
    )


@click.command(
    "list", help=say("Les référentiels que l'on peut choisir.", "The référentiels to choose from.")
)
@click.option("--platform", "platform_id", type=int, metavar="N")
@lang_option
def list_(platform_id: int | None, lang: str) -> None:
    """One line each: name, code, version, title."""
    from lti_app.cli.support import parts
    from lti_app.services.referentials.catalogue import Catalogue

    with parts() as wired, wired.store.read() as session:
        for one in Catalogue(session, _platform(session, platform_id, lang)).entries():
            click.echo("\t".join((one.name, one.code, str(one.version), one.title)))


@click.command(
    help=say(
        "Les versions de CODE, la plus récente d'abord ; * devant celle qui compte. La version 0 est "
        "celle de config/.",
        "The versions of CODE, newest first, * before the one that counts. Version 0 is the one of "
        "config/.",
    )
)
@click.argument("code")
@click.option("--platform", "platform_id", type=int, metavar="N")
@lang_option
def versions(code: str, platform_id: int | None, lang: str) -> None:
    """One line each: number, moment (UTC), elements, file, who imported it, title."""
    from lti_app.cli.support import parts
    from lti_app.services.referentials import importing
    from lti_app.services.referentials.catalogue import Catalogue

    with parts() as wired, wired.store.read() as session:
        catalogue = Catalogue(session, _platform(session, platform_id, lang))
        code = catalogue.code_of(code) or code
        rows = importing.versions(catalogue, code)
        if not rows and catalogue.by_code(code) is None:
            raise click.ClickException(say(f"Aucun référentiel {code}.", f"No {code} here.", lang))
        current = importing.current_number(catalogue, code)
        for row in rows:
            who = row.author or (row.author_user.name if row.author_user else "")
            mark = "*" if row.number == current else ""
            moment = row.created_at.isoformat(" ", "minutes")
            fields = (f"{mark}{row.number}", moment, str(row.nodes), row.source, who, row.title)
            click.echo("\t".join(fields))
        zero = importing.version_zero(catalogue, code)
        if zero is not None:
            mark = "*" if current == 0 else ""
            click.echo("\t".join((f"{mark}0", "", str(len(zero)), "", "", zero.title)))


@click.command(
    help=say(
        "Fait compter à nouveau la version VERSION de CODE, après en avoir montré le plan.",
        "Makes the version VERSION of CODE count again, once its plan has been shown.",
    )
)
@click.argument("code")
@click.argument("version", type=click.IntRange(0))
@_planned
def restore(
    *,
    code: str,
    version: int,
    platform_id: int | None,
    dry_run: bool,
    yes: bool,
    everything: bool,
    lang: str,
) -> None:
    """Like an import, from a version that is kept."""
    from lti_app.cli.support import parts
    from lti_app.errors import NotFound
    from lti_app.services.referentials import importing
    from lti_app.services.referentials.catalogue import Catalogue

    with parts() as wired:
        try:
            with wired.store.read() as session:
                catalogue = Catalogue(session, _platform(session, platform_id, lang))
                code = catalogue.code_of(code) or code
                proposal = importing.plan_restore(catalogue, code, version)
        except NotFound as error:
            raise click.ClickException(
                say(
                    f"Il n'y a pas de version {version} de {code}.",
                    f"There is no version {version} of {code}.",
                    lang,
                )
            ) from error
        if not _agreed(proposal, dry_run, yes, everything, lang):
            return
        with wired.store.write() as session:
            catalogue = Catalogue(session, platform_id)
            importing.restore(catalogue, code, version, proposal, wired.clock())
    click.echo(
        say(f"La version {version} compte.", f"Version {version} counts now.", lang),
    )


@click.command(
    help=say(
        "Écrit le modèle de tableau à remplir, avec un exemple (.xlsx ou .csv).",
        "Writes the table to fill in, with an example (.xlsx or .csv).",
    )
)
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE"
)
@lang_option
def template(output: Path, lang: str) -> None:
    """The file's name says which kind."""
    from lti_app.services.referentials.template import template as make

    if output.suffix.lower() not in TEMPLATES:
        raise click.UsageError(
            say(
                f"{output} : le nom doit se terminer par .xlsx ou .csv.",
                f"{output}: the name must end in .xlsx or .csv.",
                lang,
            )
        )
    try:
        output.write_bytes(make(output.suffix.lower()[1:], lang))
    except OSError as error:
        raise click.FileError(str(output), error.strerror or str(error)) from error


def _platform(session: Any, number: int | None, lang: str) -> int | None:
    """The number, if there is such a platform."""
    from lti_app.models import Platform

    if number is not None and session.get(Platform, number) is None:
        raise click.ClickException(
            say(f"Aucune plateforme n° {number}.", f"There is no platform {number}.", lang)
        )
    return number


def _agreed(proposal: Proposal, dry_run: bool, yes: bool, everything: bool, lang: str) -> bool:
    """Shows the plan and asks, unless there is nothing to do or the answer is known."""
    from lti_app.cli import referential_plan

    for line in referential_plan.lines(proposal, lang, everything):
        click.echo(line)
    if proposal.plan.empty:
        click.echo(say("Il n'y a rien à changer.", "There is nothing to change.", lang))
        return False
    if dry_run:
        return False
    return yes or click.confirm(say("Appliquer ?", "Apply?", lang), abort=True)


def _account() -> str:
    """Who runs the command, as the system knows; empty if it does not."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
