"""``competences referential``: check a text, and bring référentiels in (``cli.referential_import``)."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from lti_app.cli.language import lang_option, say
from lti_app.cli.referential_import import import_, list_, restore, template, versions
from referential.findings import Finding, ReferentialError, Severity
from referential.model import Referential
from referential.overlay import load_overlay
from referential.text import parse_file

SEVERITIES = {
    Severity.info: ("info", "info"),
    Severity.warning: ("attention", "warning"),
    Severity.error: ("erreur", "error"),
}


@click.group(help=say("Vérifier et importer un référentiel.", "Check and import a référentiel."))
def referential() -> None:
    """Commands about référentiels."""


for command in (import_, list_, versions, restore, template):
    referential.add_command(command)


@referential.command(
    help=say(
        "Affiche tout ce que le texte FILE a d’inhabituel, ligne par ligne, et ce que "
        "l’arbre contient. Se termine par le code 1 s’il y a une erreur.",
        "Prints whatever is unusual in the text FILE, line by line, and what the tree holds. "
        "Exits with 1 if there is an error.",
    )
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--overlay",
    type=click.Path(path_type=Path),
    help=say(
        "La surcouche TOML (par défaut : même nom que FILE, en .toml).",
        "The TOML overlay (default: FILE’s name with .toml).",
    ),
)
@lang_option
@click.pass_context
def check(ctx: click.Context, file: Path, overlay: Path | None, lang: str) -> None:
    """Prints the findings of one file, then a summary; exits with 1 for errors."""
    place = overlay or file.with_suffix(".toml")
    if overlay is None and file.exists() and not place.is_file():
        raise click.ClickException(
            say(
                f"Aucune surcouche {place} : indiquez-la avec --overlay.",
                f"No overlay {place}: name it with --overlay.",
                lang,
            )
        )
    try:
        file.stat()
        grammar = load_overlay(place)
    except OSError as error:
        raise click.FileError(str(file), error.strerror or str(error)) from error
    except ReferentialError as error:
        show(place, error.findings, lang)
        ctx.exit(1)
    parsed = parse_file(file, grammar)
    show(file, parsed.findings, lang)
    click.echo(_summary(parsed.referential, parsed.findings, lang), err=True)
    if parsed.referential is None:
        ctx.exit(1)


def show(file: Path, findings: Sequence[Finding], lang: str, err: bool = False) -> None:
    """Prints findings as compilers do: ``file:line: severity: message``."""
    for found in findings:
        place = f"{file}:{found.line}" if found.line else str(file)
        severity = say(*SEVERITIES[found.severity], lang)
        click.echo(f"{place}: {severity}: {found.message(lang)}", err=err)
        if found.excerpt and found.severity > Severity.info:
            click.echo(f"    {found.excerpt}", err=err)


def _summary(tree: Referential | None, findings: Sequence[Finding], lang: str) -> str:
    counted = Counter(found.severity for found in findings)
    if tree is None:
        errors = counted[Severity.error]
        return say(
            f"{errors} erreur(s) : aucun arbre n’est construit.",
            f"{errors} error(s): no tree is built.",
            lang,
        )
    tiers = zip(tree.tiers, tree.counts().values(), strict=True)
    parts = ", ".join(f"{count} {say(t.plural_fr, t.plural_en, lang)}" for t, count in tiers)
    return say(
        f"{tree.title} : {parts}. {counted[Severity.warning]} avertissement(s).",
        f"{tree.title_en}: {parts}. {counted[Severity.warning]} warning(s).",
        lang,
    )
