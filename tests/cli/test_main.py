"""The command itself: every subcommand is found, and only when it is called."""

import click
import pytest
from click.testing import CliRunner

from lti_app.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_says_what_it_does(name):
    command = main.get_command(click.Context(main), name)
    assert isinstance(command, click.Command)
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert command.get_short_help_str() != ""


def test_an_unknown_command_is_an_error():
    result = CliRunner().invoke(main, ["exprot"])
    assert result.exit_code == 2
    assert "exprot" in result.stderr


def test_the_help_lists_the_commands():
    assert main.list_commands(click.Context(main)) == sorted(COMMANDS)
