"""``competences database``: the schema."""

from __future__ import annotations

import click

from lti_app.cli.language import say
from lti_app.cli.support import parts
from lti_app.models import migrate


@click.group(help=say("La base de données.", "The database."))
def database() -> None:
    pass


@database.command(help=say("Met le schéma à jour.", "Brings the schema up to date."))
def upgrade() -> None:
    with parts():
        click.echo(say("Le schéma est à jour.", "The schema is up to date."))


@database.command(help=say("Dit si le schéma est à jour.", "Says whether it is up to date."))
def check() -> None:
    with parts(migrated=False) as wired:
        if not migrate.is_current(wired.store.engine):
            raise click.ClickException(
                say(
                    "Le schéma n’est pas à jour : competences database upgrade",
                    "The schema is not up to date: competences database upgrade",
                )
            )
        click.echo(say("Le schéma est à jour.", "The schema is up to date."))
