"""What Moodle's own exporter writes reads back equal to the référentiel that was imported there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from exporters import registry
from exporters.base import ExportOptions
from referential import identifiers
from referential.findings import Severity
from referential.library import load_named, load_named_scale
from referential.model import Referential
from referential.moodle_csv import FRENCH, read
from referential.rows import Known
from tests.moodle.competencies import imported
from tests.moodle.driver import Moodle, unique
from tests.paths import CONFIG


@pytest.fixture(scope="module")
def referential() -> Referential:
    """The BTS SIO under a code of its own, some nodes with descriptions and awkward labels."""
    tree = load_named(CONFIG, "bts-sio")
    code = unique("BTSSIO_")
    nodes = [
        replace(
            node,
            idnumber=identifiers.idnumber(code, node.code),
            uuid=identifiers.uuid(code, node.code),
            description="Voir « l’annexe », p. 3 & 4.\nDeuxième alinéa." if node.depth == 1 else "",
        )
        for node in tree
    ]
    awkward = 'Citer "R&D", l’œuvre, 1 < 2 ; 🎓 ' + "et ainsi de suite " * 9 + "fin"
    nodes[-1] = replace(nodes[-1], label=awkward)
    return replace(tree, code=code, nodes=tuple(nodes))


@pytest.fixture(scope="module")
def framework(moodle: Moodle, referential: Referential) -> Iterator[int]:
    scale = load_named_scale(CONFIG, "bts-sio-4")
    content = registry.get("moodle-framework").render(
        referential, scale, ExportOptions(rule="points")
    )
    with imported(moodle, content) as number:
        yield number


@pytest.fixture(params=["en", "fr"])
def exported(request: pytest.FixtureRequest, moodle: Moodle, framework: int) -> Iterator[bytes]:
    """The bytes of the download, its heads in the session's language."""
    page = moodle.get("admin/tool/lpimportcsv/export.php", lang=request.param)
    if page.document.get("lang") != request.param:
        pytest.skip(f"this Moodle has no language pack {request.param!r}")
    form = page.form_with("frameworkid")
    yield moodle.download(form.fill(frameworkid=framework).press("submitbutton"))
    moodle.get("admin/tool/lpimportcsv/export.php", lang="en")


def test_it_reads_back_equal(exported: bytes, referential: Referential) -> None:
    parsed = read(exported, Known(like=referential))
    assert [f for f in parsed.findings if f.severity > Severity.info] == []
    assert parsed.referential == referential


@pytest.mark.parametrize("exported", ["fr"], indirect=True)
def test_a_french_moodle_writes_french_heads(exported: bytes) -> None:
    heads = exported.decode("utf-8-sig").split("\n")[0].strip()
    assert [head.strip('"') for head in heads.split(",")] == list(FRENCH)
