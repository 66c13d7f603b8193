"""``competences platform``: the LMSs that may launch the tool."""

from __future__ import annotations

import dataclasses

import click

from lti_app.cli.language import say
from lti_app.cli.support import parts
from lti_app.models import PlatformStatus
from lti_app.services import platforms


@click.group(
    help=say("Les plateformes (Moodle…) qui ouvrent l’outil.", "The LMSs that launch the tool.")
)
def platform() -> None:
    pass


@platform.command(help=say("Les adresses à saisir dans le LMS.", "What to type into the LMS."))
def addresses() -> None:
    with parts(migrated=False) as wired:
        for name, value in platforms.own_addresses(wired.settings.public_url).items():
            click.echo(f"{name}\t{value}")


@platform.command(
    help=say(
        "Ajoute une plateforme déclarée à la main ; MOODLE_URL suffit pour un Moodle.",
        "Adds a platform declared by hand; MOODLE_URL is enough for a Moodle.",
    )
)
@click.argument("moodle_url")
@click.option("--client-id", required=True)
@click.option("--deployment-id", "deployment_ids", multiple=True, required=True)
@click.option("--name", default="")
@click.option("--auth-login-url", default="")
@click.option("--auth-token-url", default="")
@click.option("--jwks-url", default="")
def add(
    moodle_url: str,
    client_id: str,
    deployment_ids: tuple[str, ...],
    name: str,
    **urls: str,
) -> None:
    new = platforms.NewPlatform.moodle(moodle_url, client_id, deployment_ids, name)
    for field, value in urls.items():
        if value:
            new = dataclasses.replace(new, **{field: value})  # type: ignore[arg-type]
    with parts() as wired, wired.store.write() as session:
        row = platforms.add(session, new, wired.clock(), lab=wired.settings.lab)
        click.echo(say(f"Plateforme n° {row.id} ajoutée.", f"Platform {row.id} added."))


@platform.command("list", help=say("Les plateformes connues.", "The platforms known here."))
def list_() -> None:
    with parts() as wired, wired.store.read() as session:
        for row in platforms.listed(session):
            deployments = ",".join(item.deployment_id for item in row.deployments)
            click.echo(
                "\t".join(
                    (str(row.id), row.status, row.issuer, row.client_id, deployments, row.name)
                )
            )


@platform.command(help=say("Suspend une plateforme.", "Switches a platform off."))
@click.argument("number", type=int)
def deactivate(number: int) -> None:
    _set(number, PlatformStatus.INACTIVE)


@platform.command(help=say("Rétablit une plateforme.", "Switches a platform on."))
@click.argument("number", type=int)
def activate(number: int) -> None:
    _set(number, PlatformStatus.ACTIVE)


def _set(number: int, status: PlatformStatus) -> None:
    with parts() as wired, wired.store.write() as session:
        row = platforms.set_status(session, number, status)
        click.echo(f"{row.id}\t{row.status}\t{row.issuer}")
