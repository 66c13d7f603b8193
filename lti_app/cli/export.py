"""``competences export FORMAT``: a référentiel as a file for Moodle and other software."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from exporters import registry
from exporters.base import NEEDS, RULE_OUTCOMES, RULES, ExportOptions, NeedUnmet
from exporters.lint import lint
from lti_app.cli.language import LANGUAGES, lang_option, say
from lti_app.cli.named import referential_named
from lti_app.cli.output import to_file, to_standard_output
from lti_app.cli.referential import show
from lti_app.config_files import ConfigNotFound, config_dir
from lti_app.errors import SettingsError
from referential.findings import ReferentialError, Severity, has_errors
from referential.library import (
    DEFAULT_REFERENTIAL,
    DEFAULT_SCALE,
    UnknownName,
    load_named_scale,
)
from referential.model import UnknownNode


def _list_formats(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        lang = say("fr", "en")
        for exporter in registry.all(NEEDS):
            click.echo(f"{exporter.identifier}\t{exporter.title(lang)}\n\t{exporter.help(lang)}")
        ctx.exit()


@click.command(
    help=say(
        "Écrit un référentiel dans le FORMAT qu’un autre logiciel importe.",
        "Writes a référentiel in the FORMAT that other software imports.",
    )
)
@click.argument("format_", metavar="FORMAT")
@click.option(
    "--referential",
    "name",
    default=DEFAULT_REFERENTIAL,
    show_default=True,
    help=say(
        "Nom du référentiel (de config/, ou importé).",
        "Name of the référentiel (of config/, or imported).",
    ),
)
@click.option(
    "--scale",
    "scale_name",
    default=DEFAULT_SCALE,
    show_default=True,
    help=say("Nom de l’échelle dans config/.", "Name of the scale in config/."),
)
@click.option(
    "--scope",
    multiple=True,
    metavar="CODE",
    help=say("Seulement cette partie (répétable).", "Only this part (may be repeated)."),
)
@click.option(
    "--delimiter",
    type=click.Choice(["comma", "semicolon"]),
    default="comma",
    show_default=True,
    help=say(
        "Séparateur du CSV de référentiel : celui à choisir dans Moodle.",
        "Separator of the framework CSV: the one to choose in Moodle.",
    ),
)
@click.option(
    "--rule",
    type=click.Choice(RULES),
    default="none",
    show_default=True,
    help=say(
        "Référentiel Moodle : un élément découle de tous ceux qu'il contient, ou de points.",
        "Moodle framework: an element follows from all those in it, or from points.",
    ),
)
@click.option(
    "--rule-share",
    type=click.IntRange(1, 100),
    default=50,
    show_default=True,
    metavar="%",
    help=say("Part des points nécessaire.", "Share of the points that is needed."),
)
@click.option(
    "--rule-outcome",
    type=click.Choice(RULE_OUTCOMES),
    default="complete",
    show_default=True,
    help=say("Ce que Moodle fait alors.", "What Moodle does then."),
)
@click.option(
    "--related/--no-related",
    default=True,
    show_default=True,
    help=say(
        "Renvois entre compétences de même intitulé.",
        "Cross-references between competences of the same wording.",
    ),
)
@click.option(
    "--results",
    "results_file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help=say("Résultats de la classe (JSON), pour les notes.", "Results (JSON), for grades."),
)
@click.option(
    "--tool-url",
    default=None,
    metavar="URL",
    help=say(
        "Adresse de lancement de l'outil, pour un cours Moodle (par défaut : d'après "
        "COMPETENCES_PUBLIC_URL).",
        "The tool's launch address, for a Moodle course (default: from COMPETENCES_PUBLIC_URL).",
    ),
)
@click.option(
    "--site",
    default="",
    metavar="URL",
    help=say(
        "Cours Moodle : adresse du site visé.", "Moodle course: address of the site it is for."
    ),
)
@click.option(
    "--tool",
    default="",
    metavar="ID",
    help=say(
        "Cours Moodle : numéro de l'outil sur ce site (identifiant de déploiement).",
        "Moodle course: the tool's number on that site (deployment id).",
    ),
)
@click.option(
    "--activity",
    "activities",
    multiple=True,
    metavar="CODE",
    help=say(
        "Cours Moodle : une activité pour cette partie (répétable).",
        "Moodle course: an activity for this part (may be repeated).",
    ),
)
@click.option(
    "--attach-outcomes",
    is_flag=True,
    help=say(
        "Cours Moodle : objectifs joints aux activités. Moodle ne dit alors plus à l'outil quelle "
        "colonne est la sienne.",
        "Moodle course: outcomes attached to activities. Moodle then no longer tells the tool "
        "which column is its own.",
    ),
)
@click.option(
    "--date",
    type=click.DateTime(["%Y-%m-%d"]),
    help=say(
        "Date écrite dans le fichier (début du cours, dernière modification).",
        "Date written in the file (start of the course, last change).",
    ),
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default="-",
    help=say("Fichier (par défaut : sortie standard).", "File (default: standard output)."),
)
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_formats,
    help=say("Affiche les formats.", "Lists the formats."),
)
@click.option(
    "--names",
    type=click.Choice(LANGUAGES),
    default="fr",
    show_default=True,
    help=say(
        "Langue du titre et des niveaux dans le fichier.",
        "Language of the title and the levels in the file.",
    ),
)
@lang_option
def export(
    *,
    format_: str,
    name: str,
    scale_name: str,
    output: Path,
    lang: str,
    **chosen: Any,
) -> None:
    """Writes one file; nothing at all if anything is wrong."""
    try:
        exporter = registry.get(format_)
        options = _options(name, scale_name, lang, **chosen)
        for need in options.missing(exporter.needs):
            raise NeedUnmet(format_, need)
        config = config_dir()
        referential = referential_named(config, name)
        scale = load_named_scale(config, scale_name)
        findings = lint(format_, referential, scale, options)
    except ReferentialError as error:
        show(Path(error.name), error.findings, lang, err=True)
        raise click.exceptions.Exit(1) from error
    except (registry.UnknownFormat, UnknownName, UnknownNode, NeedUnmet, ConfigNotFound) as error:
        raise click.UsageError(_explain(error, lang)) from error
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    worth = [found for found in findings if found.severity > Severity.info]
    show(Path(f"{name}.txt"), worth, lang, err=True)
    if has_errors(findings):
        raise click.exceptions.Exit(1)

    def write(out: BinaryIO) -> None:
        exporter.write(referential, scale, options, out)

    if str(output) == "-":
        to_standard_output(write)
        return
    try:
        to_file(write, output)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.FileError(str(output), reason) from error


def _options(
    name: str,
    scale_name: str,
    lang: str,
    *,
    names: str,
    results_file: Path | None,
    tool_url: str | None,
    date: datetime | None,
    **same: Any,
) -> ExportOptions:
    """What was chosen, as the exporters take it; ``same`` are fields of the same name."""
    if results_file:
        from exporters.results_file import ResultsError, read_results

        try:
            same["results"] = read_results(results_file.read_bytes())
        except ResultsError as error:
            raise click.UsageError(f"{results_file}: {error}") from error
    if date:
        same["moment"] = date.replace(tzinfo=UTC)
    return ExportOptions(
        language=names,
        tool_url=_public_tool_url() if tool_url is None else tool_url,
        referential_name=name,
        scale_name=scale_name,
        **same,
    )


def _public_tool_url() -> str:
    """Where an LMS launches this tool, empty if the environment does not say."""
    public = os.environ.get("COMPETENCES_PUBLIC_URL", "").rstrip("/")
    if not public:
        return ""
    from lti_app.services.lti.addresses import LAUNCH_PATH

    return public + LAUNCH_PATH


def _explain(error: Exception, lang: str) -> str:
    """What the person asked for that does not exist, and what does."""
    match error:
        case registry.UnknownFormat():
            french, english = "Format inconnu", "Unknown format"
            name, choices = error.identifier, error.choices
        case UnknownName(what="scale"):
            french, english = "Échelle inconnue", "Unknown scale"
            name, choices = error.name, error.choices
        case UnknownName():
            french, english = "Référentiel inconnu", "Unknown référentiel"
            name, choices = error.name, error.choices
        case NeedUnmet(need="results"):
            return say(
                f"{error.identifier} a besoin des résultats de la classe : --results FICHIER.",
                f"{error.identifier} needs the class's results: --results FILE.",
                lang,
            )
        case NeedUnmet():
            return say(
                f"{error.identifier} a besoin de l'adresse de l'outil : --tool-url "
                "https://…/lti/launch.",
                f"{error.identifier} needs the tool's address: --tool-url https://…/lti/launch.",
                lang,
            )
        case UnknownNode():
            return say(
                f"Le référentiel {error.referential} ne contient pas {error.key}.",
                f"The référentiel {error.referential} has no {error.key}.",
                lang,
            )
        case _:
            return say(
                f"Pas de dossier de configuration : {error}.",
                f"No configuration folder: {error}.",
                lang,
            )
    listed = ", ".join(choices)
    return say(
        f"{french} : {name}. Au choix : {listed}.",
        f"{english}: {name}. Choices: {listed}.",
        lang,
    )
