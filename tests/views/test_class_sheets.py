"""« Saisie déportée »: the class out as a spreadsheet, back filled in, compared, accepted."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest
from sqlalchemy import select

from lti_app.models import Assessment
from lti_app.services.wiring import Wiring
from tests.factories import School
from tests.views.conftest import Enter, Page, Visitor

FIRST, SECOND, THIRD = "C1.1.03.1", "C1.1.03.2", "C1.2.01.1"


class Workbook:
    """A downloaded class that a person fills in: cells by student and code."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet = self.book.worksheets[0]
        self.codes = {cell.value: cell.column for cell in self.sheet[2] if cell.value}
        self.rows = {row[0].value: row[0].row for row in self.sheet.iter_rows(min_row=4)}

    def __getitem__(self, place: tuple[int, str]) -> object:
        return self.sheet.cell(self.rows[place[0]], self.codes[place[1]]).value

    def __setitem__(self, place: tuple[int, str], value: object) -> None:
        self.sheet.cell(self.rows[place[0]], self.codes[place[1]]).value = value

    def save(self) -> bytes:
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()


def download(visitor: Visitor, kind: str = "xlsx") -> bytes:
    return visitor.client.get(f"{visitor.base}/sheet/class.{kind}").data


def upload(visitor: Visitor, data: bytes, name: str = "class.xlsx") -> Page:
    answer = visitor.client.post(
        f"{visitor.base}/sheet",
        data={"csrf_token": visitor.token(), "file": (io.BytesIO(data), name)},
        content_type="multipart/form-data",
    )
    return Page(answer)


def offered(page: Page, *, ticked: bool | None = None) -> list[str]:
    """The differences as the form would post them."""
    state = {None: "", True: " and @checked", False: " and not(@checked)"}[ticked]
    return page.values(f'//input[@name="entry"{state}]/@value')


def kept(parts: Wiring) -> list[tuple[int, int | None, str]]:
    with parts.store.read() as session:
        rows = session.execute(
            select(Assessment.learner_id, Assessment.level, Assessment.code).order_by(Assessment.id)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def test_the_workbook_holds_the_class_as_it_is(teacher: Visitor, school: School):
    first, second, _third = school.pupils
    school.rate(first, FIRST, 4)
    entry = {"learner": second, "code": FIRST, "level": None, "mark": "absent"}
    teacher.send("/assessments", {"entries": [entry]})
    book = Workbook(download(teacher))
    assert list(book.rows) == school.pupils
    assert [book[pupil, FIRST] for pupil in school.pupils] == ["M", "Ab", None]
    assert book.sheet["B5"].value == 'ANNE & <FILS> Max "Le Grand"'
    assert book.sheet.freeze_panes == "C4"


def test_a_file_that_comes_back_as_it_left_changes_nothing(teacher: Visitor, school: School):
    school.rate(school.pupils[0], FIRST, 4)
    page = upload(teacher, download(teacher))
    assert page.text("//section/h2") == "Rien ne change"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        pytest.param("A", "3", id="letter"),
        pytest.param("m", "4", id="small-letter"),
        pytest.param(2, "2", id="number"),
        pytest.param("Non acquis", "1", id="name"),
        pytest.param("En cours d'acquisition", "2", id="name-with-a-plain-apostrophe"),
        pytest.param("Acquired", "3", id="english-name"),
        pytest.param("abs", "absent", id="absent"),
        pytest.param("NE", "not_evaluated", id="not-evaluated"),
    ],
)
def test_what_was_typed_is_understood(teacher: Visitor, school: School, typed, value):
    book = Workbook(download(teacher))
    book[school.pupils[0], SECOND] = typed
    page = upload(teacher, book.save())
    assert offered(page, ticked=True) == [f"{school.pupils[0]}:{SECOND}:{value}"]


def test_what_was_not_understood_is_told_with_its_place(teacher: Visitor, school: School):
    book = Workbook(download(teacher))
    book[school.pupils[0], SECOND] = "très bien"
    page = upload(teacher, book.save())
    assert page.texts('//ul[@class="problems"]/li') == [
        f"Ligne 4, {SECOND}\u202f: «\u202ftrès bien\u202f» n’est ni un niveau ni une absence."
    ]
    assert offered(page) == []


def test_nothing_is_recorded_before_it_is_accepted(teacher: Visitor, school: School, parts: Wiring):
    first, second, third = school.pupils
    book = Workbook(download(teacher))
    book[first, FIRST], book[second, SECOND], book[third, FIRST] = "A", "N", "Di"
    page = upload(teacher, book.save())
    assert kept(parts) == []
    (base,) = page.values('//input[@name="base"]/@value')
    entries = offered(page, ticked=True)
    answer = teacher.submit("/sheet/accept", {"base": base, "entry": entries[:2]})
    assert kept(parts) == [(first, 3, ""), (second, 1, "")]
    page = teacher.get(answer.location.removeprefix(teacher.base))
    assert page.text('//form[contains(@class, "recorded")]/p') == "2 cases enregistrées."


def test_an_emptied_cell_is_taken_back_only_when_ticked(
    teacher: Visitor, school: School, parts: Wiring
):
    first = school.pupils[0]
    school.rate(first, FIRST, 4)
    book = Workbook(download(teacher))
    book[first, FIRST] = None
    page = upload(teacher, book.save())
    assert page.text("//section/h2") == "1 case est vide dans le fichier"
    assert offered(page, ticked=False) == [f"{first}:{FIRST}:0"]
    (base,) = page.values('//input[@name="base"]/@value')
    teacher.submit("/sheet/accept", {"base": base, "entry": offered(page)})
    assert kept(parts)[-1] == (first, None, "")


def test_what_a_colleague_entered_since_the_download_is_not_ticked(
    teacher: Visitor, enter: Enter, school: School
):
    first, second, _third = school.pupils
    school.rate(second, FIRST, 2)
    book = Workbook(download(teacher))
    for pupil in (first, second):
        entry = {"learner": pupil, "code": FIRST, "level": 4}
        enter(school.assistant_id).send("/assessments", {"entries": [entry]})
    book[first, FIRST] = "N"
    page = upload(teacher, book.save())
    assert offered(page, ticked=False) == [f"{first}:{FIRST}:1", f"{second}:{FIRST}:2"]
    assert page.texts("//tr/td[3]/small")[0] == (
        "changé depuis le téléchargement, Inès O'Brien, 24 nov. à 09:00"
    )


def test_what_a_colleague_enters_while_the_differences_are_read_stays(
    teacher: Visitor, enter: Enter, school: School, parts: Wiring
):
    first = school.pupils[0]
    book = Workbook(download(teacher))
    book[first, FIRST] = "N"
    page = upload(teacher, book.save())
    entry = {"learner": first, "code": FIRST, "level": 4}
    enter(school.assistant_id).send("/assessments", {"entries": [entry]})
    (base,) = page.values('//input[@name="base"]/@value')
    teacher.submit("/sheet/accept", {"base": base, "entry": offered(page)})
    assert kept(parts) == [(first, 4, "")]


class TestCsv:
    def test_it_comes_with_semicolons_and_wordings(self, teacher: Visitor, school: School):
        school.rate(school.pupils[2], FIRST, 3)
        lines = download(teacher, "csv").decode("utf-8-sig").split("\r\n")
        assert lines[0].startswith(f"Numéro;Étudiant;{FIRST};{SECOND};{THIRD};")
        assert lines[1].startswith(";;Recenser et caractériser les exigences")
        assert lines[4].startswith(f"{school.pupils[2]};D'ARC Chloé;A;;")

    @pytest.mark.parametrize(
        ("text", "entries"),
        [
            pytest.param("{id};x;A\r\n", ["{id}:{code}:3"], id="by-number"),
            pytest.param(";abdelli  yanis;A\r\n", ["{id}:{code}:3"], id="by-name"),
            pytest.param(";Yanis Abdelli;4\r\n", ["{id}:{code}:4"], id="by-spoken-name"),
            pytest.param("{id};x;\r\n", [], id="empty-says-nothing"),
            pytest.param("{id};x;0\r\n", [], id="nothing-to-take-back"),
        ],
    )
    def test_a_file_typed_by_hand_is_read(self, teacher: Visitor, school: School, text, entries):
        head = f"n;nom;{SECOND}\r\n"
        values: Mapping[str, object] = {"id": school.pupils[0], "code": SECOND}
        page = upload(teacher, (head + text.format(**values)).encode("cp1252"), "class.csv")
        assert offered(page) == [entry.format(**values) for entry in entries]

    def test_an_unknown_student_is_told(self, teacher: Visitor):
        page = upload(teacher, f"nom,x,{FIRST}\nPersonne,,A\n".encode(), "class.csv")
        assert page.texts('//ul[@class="problems"]/li') == [
            "Ligne 2\u202f: aucun étudiant de la classe ne s’appelle «\u202fPersonne\u202f»."
        ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "Choisissez d’abord le fichier rempli.", id="nothing"),
        pytest.param(
            b"PK\x03\x04 broken", "Ce fichier ne se lit pas comme un tableau", id="broken"
        ),
        pytest.param(b"\x00\x01\x02", "Ce fichier ne se lit pas comme un tableau", id="binary"),
        pytest.param(b"a;b;c\n1;2;3\n", "Ce fichier ne contient aucun code", id="another-table"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(teacher: Visitor, data, message):
    page = upload(teacher, data)
    assert page.status == 400
    assert message in page.response.text


@pytest.mark.parametrize("entry", ["x", "1:C1.1.03.1", "1:C1.1.03.1:bon", ":C1.1.03.1:3"])
def test_what_is_no_difference_is_refused(teacher: Visitor, parts: Wiring, entry):
    answer = teacher.submit("/sheet/accept", {"base": "0", "entry": entry})
    assert answer.status_code == 400
    assert kept(parts) == []
