"""One door: what a name means here, from the LMS's own imports, the service's, then the files."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from lti_app.errors import InputError
from lti_app.services.referentials import importing
from lti_app.services.referentials.catalogue import Catalogue
from lti_app.services.referentials.importing import Author
from lti_app.services.referentials.reading import Upload
from referential.library import load_named
from tests.factories import School, platform_row
from tests.paths import CONFIG
from tests.services.referentials.samples import ROWS, table


@pytest.fixture
def load(parts):
    """Imports a table for a platform, or for the service."""

    def load(rows=ROWS, platform_id=None, code="CAP", title="CAP Cuisine"):
        with parts.store.write() as session:
            catalogue = Catalogue(session, platform_id)
            outcome = importing.propose(catalogue, Upload("cap.csv", table(rows)), code, title)
            assert outcome.proposal is not None, outcome.findings
            return importing.apply(
                catalogue, outcome.proposal, "cap.csv", Author("root"), parts.clock()
            )

    return load


@pytest.fixture
def titles(parts):
    """What a platform sees under a name."""

    def titles(name, platform_id=None):
        with parts.store.read() as session:
            return Catalogue(session, platform_id).get(name).title

    return titles


def test_a_name_of_config_is_a_file(parts):
    with parts.store.read() as session:
        assert Catalogue(session, None).get("bts-sio") == load_named(CONFIG, "bts-sio")


@pytest.mark.parametrize("name", ["", "cap", "../bts-sio", "bts-sio.txt"])
def test_an_unknown_name_is_said(titles, name):
    with pytest.raises(InputError, match="n’est pas installé"):
        titles(name)


def test_an_import_for_the_service_is_there_for_every_platform(load, titles, school: School):
    load()
    assert titles("CAP") == titles("CAP", school.platform_id) == "CAP Cuisine"


def test_an_import_for_one_platform_is_there_for_it_alone(parts, load, titles, school: School):
    with parts.store.write() as session:
        other = platform_row(parts.clock(), "http://127.0.0.1:8", "client-2")
        session.add(other)
        session.flush()
        other_id = other.id
    load(title="CAP d’ici", platform_id=school.platform_id)
    assert titles("CAP", school.platform_id) == "CAP d’ici"
    for elsewhere in (None, other_id):
        with pytest.raises(InputError, match="n’est pas installé"):
            titles("CAP", elsewhere)
    load(title="CAP partout")
    assert titles("CAP", school.platform_id) == "CAP d’ici"
    assert titles("CAP", other_id) == "CAP partout"


def test_the_code_of_an_installed_one_takes_its_place_under_its_name(load, titles):
    load([("P1", "", "Produire", "")], code="BTSSIO", title="BTS SIO remanié")
    assert titles("bts-sio") == "BTS SIO remanié"


def test_the_list_holds_each_name_once(parts, load, school: School):
    load()
    load(title="CAP d’ici", platform_id=school.platform_id)
    with parts.store.read() as session:
        here = Catalogue(session, school.platform_id).entries()
        service = Catalogue(session, None).entries()
    seen = [(entry.name, entry.title, entry.version, entry.own) for entry in here]
    assert [one for one in seen if one[0] in ("bts-sio", "CAP")] == [
        ("bts-sio", "BTS Services informatiques aux organisations", 0, False),
        ("CAP", "CAP d’ici", 1, True),
    ]
    assert ("CAP", "CAP Cuisine", 1, False) in [
        (entry.name, entry.title, entry.version, entry.own) for entry in service
    ]


def test_finding_it_again_reads_no_document(parts, load):
    load()
    statements: list[str] = []
    with parts.store.read() as session:
        first = Catalogue(session, None).get("CAP")
        event.listen(
            parts.store.engine,
            "before_cursor_execute",
            lambda _c, _cu, statement, *_more: statements.append(statement),
        )
        again = Catalogue(session, None).get("CAP")
    assert again is first
    assert len(statements) == 1
    assert "document" not in statements[0]


def test_a_code_of_an_earlier_version_is_followed_to_its_node(parts, load):
    load()
    renamed = [("B9" if row[0] == "B1" else row[0], *row[1:]) for row in ROWS]
    renamed = [(code, "B9" if parent == "B1" else parent, *rest) for code, parent, *rest in renamed]
    with parts.store.write() as session:
        catalogue = Catalogue(session, None)
        before = catalogue.get("CAP")
        upload = Upload("cap.json", _case(before, renamed))
        outcome = importing.propose(catalogue, upload)
        importing.apply(catalogue, outcome.proposal, "cap.json", Author(), parts.clock())
        assert catalogue.follow("CAP", "B1").code == "B9"
        assert catalogue.follow("CAP", "B7") is None


def _case(before, rows) -> bytes:
    """The package of these rows with the UUIDs that the nodes had."""
    from exporters import registry
    from referential.library import load_named_scale
    from referential.tabular import read

    package = registry.get("case").render(before, load_named_scale(CONFIG, "bts-sio-4"))
    text = package.decode().replace('"humanCodingScheme":"B1"', '"humanCodingScheme":"B9"')
    assert read(table(rows)) is not None
    return text.encode()
