"""The language of the terminal: French, unless the environment asks for English."""

import os
from typing import Any

import click

from referential.findings import french as typeset

LANGUAGES = ("fr", "en")


def language() -> str:
    """``en`` if the locale of messages is English (POSIX order of variables), else ``fr``."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((value for name in names if (value := os.environ.get(name))), "")
    return "en" if locale.lower().startswith("en") else "fr"


def say(french: str, english: str, lang: str | None = None) -> str:
    """The one of the two texts that the person reads, the French one with its spaces set."""
    return typeset(french) if (lang or language()) == "fr" else english


lang_option: Any = click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default=language,
    help=say("Langue (par défaut : celle du terminal).", "Language (default: the terminal’s)."),
)
"""``--lang fr|en``, the terminal's language by default."""
