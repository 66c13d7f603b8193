"""The command ``competences``.

A subcommand is imported only when it is called, so that ``competences export`` starts without
Flask and SQLAlchemy: :data:`COMMANDS` says where each one is.
"""

from importlib import import_module

import click

COMMANDS = {
    "database": "lti_app.cli.database:database",
    "demo": "lti_app.demo.run:demo",
    "export": "lti_app.cli.export:export",
    "keys": "lti_app.cli.keys:keys",
    "moodle": "lti_app.cli.moodle:moodle",
    "platform": "lti_app.cli.platform:platform",
    "referential": "lti_app.cli.referential:referential",
    "serve": "lti_app.cli.serve:serve",
    "worker": "lti_app.cli.serve:worker",
}
"""Name of each subcommand -> ``module:attribute`` of its click command."""


class LazyGroup(click.Group):
    """A group whose commands are those of :data:`COMMANDS`, imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now, or None."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, attribute = place.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


def _version(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version  # slow, and rarely asked for

        click.echo(f"competences {version('competences')}")
        ctx.exit()


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version)
def main() -> None:
    """Compétences : valider les compétences d’un référentiel dans Moodle."""
