"""What the commands share: settings and parts from the environment, and errors as one plain line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from lti_app.app import wire
from lti_app.cli.language import say
from lti_app.errors import CompetencesError, InputError
from lti_app.models import migrate
from lti_app.services.wiring import Wiring
from lti_app.settings import from_environment


@contextmanager
def parts(*, migrated: bool = True) -> Iterator[Wiring]:
    """The wired parts on a database at its newest migration, closed at the end.

    Whatever the product raises on purpose ends the command with exit status 1 and its message.
    """
    try:
        settings = from_environment()
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        wired = wire(settings)
        if migrated:
            migrate.upgrade(wired.store.engine)
        try:
            yield wired
        finally:
            wired.http.close()
            wired.store.dispose()
    except InputError as error:
        raise click.ClickException(say(str(error), error.english)) from error
    except CompetencesError as error:
        raise click.ClickException(str(error)) from error
