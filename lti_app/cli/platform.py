"""``competences platform``: the LMSs that may launch the tool."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import click

from lti_app.cli.language import language, say
from lti_app.cli.support import parts
from lti_app.models import Platform, PlatformStatus
from lti_app.services.lti.origins import told
from lti_app.services.platforms import platform_check
from lti_app.services.platforms import registered as platforms
from lti_app.services.registration import invitations

ORIGIN = say(
    "Une autre adresse de ses pages ou de ses services ; option à répéter.",
    "Another address of its pages or services; may be repeated.",
)

MARKS = {True: "✓", False: "✗", None: "–"}  # of a value that is right, wrong, was not tried


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
@click.option("--origin", "origins", multiple=True, help=ORIGIN)
def add(
    moodle_url: str,
    client_id: str,
    deployment_ids: tuple[str, ...],
    name: str,
    origins: tuple[str, ...],
    **urls: str,
) -> None:
    new = platforms.NewPlatform.moodle(moodle_url, client_id, deployment_ids, name)
    new = dataclasses.replace(new, origins=origins)
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
            click.echo(
                "\t".join(
                    (
                        str(row.id),
                        row.status,
                        row.issuer,
                        row.client_id,
                        _deployments(row),
                        row.name,
                    )
                )
            )


@platform.command(
    help=say(
        "Crée une adresse d’enregistrement, à usage unique, à coller dans le LMS.",
        "Makes a one-time registration address to paste into the LMS.",
    )
)
@click.option(
    "--approve",
    is_flag=True,
    help=say("La plateforme sera active aussitôt.", "The platform is active at once."),
)
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90))
@click.option("--origin", "origins", multiple=True, help=ORIGIN)
def invite(approve: bool, days: int, origins: tuple[str, ...]) -> None:
    with parts() as wired, wired.store.write() as session:
        secret = invitations.invite(
            session,
            wired.clock(),
            approve=approve,
            lifetime=timedelta(days=days),
            origins=told(origins, lab=wired.settings.lab),
        )
        click.echo(invitations.address(wired.settings.public_url, secret))


@platform.command(help=say("Approuve une plateforme en attente.", "Approves a pending platform."))
@click.argument("number", type=int)
def approve(number: int) -> None:
    _set(number, PlatformStatus.ACTIVE)


@platform.command(help=say("Suspend une plateforme.", "Switches a platform off."))
@click.argument("number", type=int)
def deactivate(number: int) -> None:
    _set(number, PlatformStatus.INACTIVE)


@platform.command(help=say("Rétablit une plateforme.", "Switches a platform on."))
@click.argument("number", type=int)
def activate(number: int) -> None:
    _set(number, PlatformStatus.ACTIVE)


@platform.command(
    help=say(
        "Essaie chaque valeur enregistrée et nomme celle qui est fausse.",
        "Tries each registered value and names the wrong one.",
    )
)
@click.argument("number", type=int)
def check(number: int) -> None:
    with parts() as wired:
        with wired.store.read() as session:
            row = platforms.found(session, number)
            list(row.deployments)
        results = platform_check.check(wired, row)
        for result in results:
            click.echo(f"{MARKS[result.right]} {result.name}\t{result.said(language())}")
        if any(result.right is False for result in results):
            raise click.ClickException(say("Une valeur est fausse.", "A value is wrong."))


@platform.command(
    help=say(
        "Donne à une plateforme les identifiants d’une nouvelle déclaration : tous ses déploiements. Un nouveau reprend "
        "les cours de celui qui n’est plus.",
        "Gives a platform the identifiers of a new declaration: all its deployments. A new one takes over the courses "
        "of the one that is no more.",
    )
)
@click.argument("number", type=int)
@click.option("--client-id", required=True)
@click.option("--deployment-id", "deployment_ids", multiple=True, required=True)
def rekey(number: int, client_id: str, deployment_ids: tuple[str, ...]) -> None:
    with parts() as wired, wired.store.write() as session:
        row = platforms.rekey(session, number, client_id, deployment_ids)
        _told(row)


@platform.command(
    "add-deployment",
    help=say(
        "Ajoute à une plateforme un déploiement du même outil.",
        "Adds a deployment of the same tool to a platform.",
    ),
)
@click.argument("number", type=int)
@click.argument("deployment_id")
def add_deployment(number: int, deployment_id: str) -> None:
    with parts() as wired, wired.store.write() as session:
        row = platforms.add_deployment(session, number, deployment_id)
        _told(row)


@platform.command(
    "remove-deployment",
    help=say(
        "Supprime un déploiement d’une plateforme, avec ses cours, après un résumé.",
        "Removes a deployment of a platform with its courses, after a summary.",
    ),
)
@click.argument("number", type=int)
@click.argument("deployment_id")
@click.option("--yes", is_flag=True, help=say("Sans confirmation.", "Without asking."))
def remove_deployment(number: int, deployment_id: str, yes: bool) -> None:
    with parts() as wired:
        with wired.store.read() as session:  # as in ``remove``
            row = platforms.removable(session, number, deployment_id)
            held = platforms.deployment_holdings(session, row)
            french, english = f"déploiement {deployment_id}", f"deployment {deployment_id}"
            _summary(f"{row.platform.issuer}, {say(french, english)}", held)
        _sure(yes)
        with wired.store.write() as session:
            platforms.remove_deployment(session, number, deployment_id)


@platform.command(
    "origins",
    help=say(
        "Nomme les autres adresses d’une plateforme, à la place de celles qu’elle avait.",
        "Names the other addresses of a platform, in place of those it had.",
    ),
)
@click.argument("number", type=int)
@click.argument("addresses", nargs=-1)
def set_origins(number: int, addresses: tuple[str, ...]) -> None:
    with parts() as wired, wired.store.write() as session:
        row = platforms.set_origins(session, number, addresses, lab=wired.settings.lab)
        click.echo(f"{row.id}\t{row.issuer}\t{row.origins}")


@platform.command(
    help=say(
        "Supprime une plateforme et tout ce qui en dépend, après un résumé.",
        "Removes a platform and all that hangs on it, after a summary.",
    )
)
@click.argument("number", type=int)
@click.option("--yes", is_flag=True, help=say("Sans confirmation.", "Without asking."))
def remove(number: int, yes: bool) -> None:
    with parts() as wired:
        with wired.store.read() as session:  # nobody's launch waits while the question stands there
            issuer = platforms.found(session, number).issuer
            held = platforms.holdings(session, number)
        _summary(issuer, held)
        _sure(yes)
        with wired.store.write() as session:
            platforms.remove(session, number)


def _told(row: Platform) -> None:
    """How the platform is registered from now on."""
    click.echo(f"{row.id}\t{row.issuer}\t{row.client_id}\t{_deployments(row)}")


def _deployments(row: Platform) -> str:
    return ",".join(item.deployment_id for item in row.deployments)


def _summary(what: str, held: platforms.Holdings) -> None:
    click.echo(
        say(
            f"{what} (cours : {held.courses}, activités : {held.activities}, "
            f"personnes : {held.people}, évaluations : {held.assessments}, notes : {held.grades})",
            f"{what} (courses: {held.courses}, activities: {held.activities}, "
            f"people: {held.people}, assessments: {held.assessments}, grades: {held.grades})",
        )
    )


def _sure(yes: bool) -> None:
    """Asks, unless told ``yes``. Raises ``Abort`` for anything but a yes."""
    if not yes:
        click.confirm(
            say("Tout supprimer, sans retour ?", "Remove all of it for good?"), abort=True
        )


def _set(number: int, status: PlatformStatus) -> None:
    with parts() as wired, wired.store.write() as session:
        row = platforms.set_status(session, number, status)
        click.echo(f"{row.id}\t{row.status}\t{row.issuer}")
