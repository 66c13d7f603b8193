"""``competences keys``: the RSA keys that the tool signs with."""

from __future__ import annotations

from datetime import timedelta

import click

from lti_app.cli.language import say
from lti_app.cli.support import parts
from lti_app.services.platforms.keys import AHEAD


@click.group(help=say("Les clés de signature de l’outil.", "The tool’s signing keys."))
def keys() -> None:
    pass


@keys.command("list", help=say("Les clés publiées.", "The published keys."))
def list_() -> None:
    with parts() as wired:
        for key in wired.keys.listed():
            retired = key.retired_at.isoformat() if key.retired_at else "-"
            click.echo(f"{key.kid}\t{key.created_at.isoformat()}\t{retired}")


@keys.command(
    help=say(
        "Change la clé : la nouvelle est publiée aussitôt et signe une heure plus tard.",
        "Changes the key: the new one is published at once and signs an hour later.",
    )
)
@click.option(
    "--older-than",
    type=click.IntRange(0),
    default=0,
    help=say("Seulement si elle a plus de N jours.", "Only if it is older than N days."),
)
@click.option(
    "--compromised",
    is_flag=True,
    help=say(
        "La clé est peut-être connue d’autrui : la nouvelle signe aussitôt, les autres ne valent plus.",
        "Others may know the key: the new one signs at once, all others are void.",
    ),
)
def rotate(older_than: int, compromised: bool) -> None:
    with parts() as wired:
        if compromised:
            click.echo(wired.keys.replace_compromised())
            return
        age = wired.keys.age()
        if age < timedelta(days=older_than):
            click.echo(say(f"La clé a {age.days} jours.", f"The key is {age.days} days old."))
            return
        click.echo(wired.keys.rotate())
        hours, minutes = divmod(AHEAD // timedelta(minutes=1), 60)
        click.echo(
            say(
                f"Publiée ; elle signera dans {hours} h {minutes:02}, quand chaque plateforme aura relu nos clés.",
                f"Published; it signs in {hours} h {minutes:02}, when every platform has read our keys again.",
            ),
            err=True,
        )
