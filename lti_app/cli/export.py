"""``competences export FORMAT``: a référentiel as a file for Moodle."""

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import click

from exporters import registry
from exporters.base import ExportOptions
from exporters.lint import lint
from lti_app.cli.language import LANGUAGES, lang_option, say
from lti_app.cli.referential import show
from lti_app.config_files import ConfigNotFound, config_dir
from referential.findings import ReferentialError, Severity, has_errors
from referential.library import (
    DEFAULT_REFERENTIAL,
    DEFAULT_SCALE,
    UnknownName,
    load_named,
    load_named_scale,
)
from referential.model import UnknownNode

IN_MEMORY = 8_000_000
"""Bytes of an export kept in memory before it is sent to standard output."""


def _list_formats(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        lang = say("fr", "en")
        for exporter in registry.all():
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
    help=say("Nom du référentiel dans config/.", "Name of the référentiel in config/."),
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
    scope: tuple[str, ...],
    delimiter: str,
    output: Path,
    names: str,
    lang: str,
) -> None:
    """Writes one file; nothing at all if anything is wrong."""
    options = ExportOptions(scope, names, "semicolon" if delimiter == "semicolon" else "comma")
    try:
        exporter = registry.get(format_)
        config = config_dir()
        referential = load_named(config, name)
        scale = load_named_scale(config, scale_name)
        findings = lint(format_, referential, scale, options)
    except ReferentialError as error:
        show(Path(error.name), error.findings, lang, err=True)
        raise click.exceptions.Exit(1) from error
    except (registry.UnknownFormat, UnknownName, UnknownNode, ConfigNotFound) as error:
        raise click.UsageError(_explain(error, lang)) from error
    worth = [found for found in findings if found.severity > Severity.info]
    show(Path(f"{name}.txt"), worth, lang, err=True)
    if has_errors(findings):
        raise click.exceptions.Exit(1)

    def write(out: BinaryIO) -> None:
        exporter.write(referential, scale, options, out)

    if str(output) == "-":
        _to_standard_output(write)
        return
    try:
        to_file(write, output)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.FileError(str(output), reason) from error


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


def _to_standard_output(write: Callable[[BinaryIO], None]) -> None:
    """Sends the whole file, or nothing if it cannot be made."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as made:
        write(cast(BinaryIO, made))
        made.seek(0)
        shutil.copyfileobj(made, sys.stdout.buffer)


def to_file(write: Callable[[BinaryIO], None], path: Path) -> None:
    """Makes the file beside ``path`` and moves it there when it is whole.

    A link is followed; what is no regular file (``/dev/null``, a pipe) is written directly.
    Raises ``OSError``; ``path`` is then as it was.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as out:
            write(out)
        return
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    descriptor, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as out:
            write(out)
            out.flush()
            os.fsync(out.fileno())
        Path(partial).chmod(mode)
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
