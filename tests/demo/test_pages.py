"""What people see and do in the embedded LMS's pages."""

import re
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from lxml import html

from lti_app.demo import DEMO_SEED, Lms, LmsConfig, create_lms
from lti_app.demo.seed import ADMIN, CAMILLE, INES
from tests.demo.forms import hidden_form
from tests.lms_key import lms_key

CHLOE = 5


@pytest.fixture
def lms() -> Iterator[Lms]:
    """The LMS as the demo shows it."""
    lms = create_lms(
        LmsConfig(
            issuer="http://127.0.0.1:8081",
            tool_url="http://localhost:8080",
            enabled=True,
            purpose="demo",
            signing_key=lms_key(),
        )
    )
    yield lms
    lms.store.close()


def sesskey(client: Any) -> str:
    with client.session_transaction() as session:
        return str(session["sesskey"])


def names(page: str, xpath: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in html.fromstring(page).xpath(xpath)]


def test_home_offers_the_two_teachers_the_administrator_and_35_students(lms: Lms) -> None:
    page = lms.test_client().get("/").text

    staff = names(page, "//button[starts-with(@class, 'lms-person')]//bdi")
    students = names(page, "//button[starts-with(@class, 'lms-student')]//bdi")
    steps = names(page, "//ol/li/strong")
    assert staff == ["Camille Durand", "Inès O'Brien", "Dominique Administratrice"]
    assert sorted(students) == sorted(u.name for u in DEMO_SEED.users if u.id >= CHLOE)
    assert len(students) == 35
    assert steps == ["Choisissez qui vous êtes", "Ouvrez l’activité", "Regardez les notes"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/my/courses.php",
        "/course/view.php?id=2",
        "/mod/lti/view.php?id=2",
        "/user/index.php?id=2",
        "/grade/report/grader/index.php?id=2",
        "/grade/edit/grade.php?item=2&user=5",
        "/grade/report/user/index.php?id=2",
        "/nowhere",
    ],
)
def test_no_page_asks_another_host_for_anything(lms: Lms, browser: Any, path: str) -> None:
    page = browser(CAMILLE).get(path).text
    tree = html.fromstring(page)
    sources = [*tree.xpath("//@src"), *tree.xpath("//link/@href")]

    assert len(sources) >= 3
    assert [s for s in sources if "//" in s and not s.startswith(lms.issuer)] == []
    assert re.findall(r"\bon[a-z]+=\"", page) == []


def test_every_asset_of_a_page_is_there(lms: Lms, browser: Any) -> None:
    chrome = browser(CAMILLE)
    tree = html.fromstring(chrome.get("/course/view.php?id=2").text)
    assets = [*tree.xpath("//script/@src"), *tree.xpath("//link/@href")]

    found = {}
    for path in assets:
        with chrome.get(path) as answer:
            found[path] = answer.status_code

    assert found == dict.fromkeys(assets, 200)


def test_names_are_data_on_every_page(browser: Any) -> None:
    name = 'Zoé <Test> D\'Ar & "Co" < 3'
    chrome = browser(CAMILLE)
    for path in ("/", "/user/index.php?id=2"):
        assert name in names(chrome.get(path).text, "//bdi"), path


def test_the_gradebook_shows_grade_comment_and_who_changed_it(lms: Lms, browser: Any) -> None:
    item = lms.store.item(2)
    assert item is not None
    now = int(lms.clock())
    lms.gradebook.score(item, CHLOE, given=12.5, out_of=20, time=now, comment="<b>3</b> acquises")
    lms.gradebook.override(item, 6, INES, 18, "Très bien")
    page = browser(CAMILLE).get("/grade/report/grader/index.php?id=2").text

    def cell(user: int, inside: str) -> list[str]:
        return names(page, f"//td[@data-item='2'][@data-user='{user}']{inside}")

    assert cell(CHLOE, "//a[@class='lms-grade']") == ["12,50"]
    assert cell(CHLOE, "//details/p") == ["<b>3</b> acquises"]
    assert cell(6, "//a[@class='lms-grade']") == ["18,00"]
    assert cell(7, "//a[@class='lms-grade']") == ["–"]
    who = cell(6, "//small")
    assert len(who) == 1
    assert who[0].startswith("Note modifiée par Inès O'Brien, ")


def test_a_teacher_overrides_a_grade_and_gives_it_back(lms: Lms, browser: Any) -> None:
    item = lms.store.item(2)
    assert item is not None
    lms.gradebook.score(item, CHLOE, given=8, out_of=20, time=int(lms.clock()), comment=None)
    chrome = browser(INES)
    form = {"sesskey": sesskey(chrome), "item": 2, "user": CHLOE}

    chrome.post("/grade/edit/grade.php", data={**form, "grade": "15,5", "feedback": "Oral"})
    edited = lms.store.grade(2, CHLOE)
    chrome.post("/grade/edit/grade.php", data={**form, "action": "release"})
    released = lms.store.grade(2, CHLOE)

    assert edited is not None and released is not None
    assert (edited.final, edited.raw, edited.feedback, edited.usermodified) == (15.5, 8, "Oral", 4)
    assert (released.final, released.overridden) == (8, 0)


def test_an_editing_teacher_deletes_a_column(lms: Lms, browser: Any) -> None:
    for user, left in ((INES, [2, 3]), (CAMILLE, [3])):
        chrome = browser(user)
        chrome.post(
            "/grade/edit/column.php",
            data={"sesskey": sesskey(chrome), "item": 2, "action": "delete"},
        )
        assert [item.id for item in lms.store.items(2)] == left


def test_a_student_leaves_the_course_and_comes_back(lms: Lms, browser: Any) -> None:
    chrome = browser(CAMILLE)
    form = {"sesskey": sesskey(chrome), "course": 2, "user": CHLOE}

    chrome.post("/enrol/edit.php", data={**form, "action": "unenrol"})
    without = [user.id for user, _ in lms.store.members(2, role="student")]
    refused = browser(CHLOE).get("/mod/lti/launch.php?id=2")
    chrome.post("/enrol/edit.php", data=form)

    assert (len(without), CHLOE in without, refused.status_code) == (34, False, 403)
    assert len(lms.store.members(2, role="student")) == 35


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/grade/edit/grade.php", {"item": 2, "user": CHLOE, "grade": "20"}),
        ("/grade/edit/column.php", {"item": 2, "action": "delete"}),
        ("/enrol/edit.php", {"course": 2, "user": CHLOE, "action": "unenrol"}),
    ],
    ids=["grade", "column", "enrolment"],
)
@pytest.mark.parametrize("who", ["student", "no key"])
def test_nothing_changes_for_a_student_or_without_the_sessions_key(
    lms: Lms, browser: Any, path: str, form: dict[str, Any], who: str
) -> None:
    chrome = browser(CHLOE if who == "student" else CAMILLE)
    key = sesskey(chrome) if who == "student" else "wrong"
    answer = chrome.post(path, data={**form, "sesskey": key})

    assert answer.status_code == 403
    assert len(lms.store.items(2)) == 2
    assert len(lms.store.members(2)) == 37
    assert lms.store.grades(2) == []


def test_a_student_sees_only_their_own_grades(lms: Lms, browser: Any) -> None:
    item = lms.store.item(2)
    assert item is not None
    now = int(lms.clock())
    lms.gradebook.score(item, CHLOE, given=8, out_of=20, time=now, comment="Pour Chloé")
    lms.gradebook.score(item, 6, given=17, out_of=20, time=now, comment="Pour Rayan")
    page = browser(CHLOE).get("/grade/report/grader/index.php?id=2", follow_redirects=True).text

    assert names(page, "//tbody/tr[1]/td") == ["8,00 / 20", "Pour Chloé"]
    assert "Pour Rayan" not in page


@pytest.mark.parametrize(
    ("user", "courses"),
    [
        pytest.param(ADMIN, ["BTS SIO 1re année", "BTS SIO 2e année"], id="administrator"),
        pytest.param(CHLOE, ["BTS SIO 1re année", "BTS SIO 2e année"], id="in both"),
        pytest.param(39, [], id="in one: straight to it"),
    ],
)
def test_my_courses(browser: Any, user: int, courses: list[str]) -> None:
    answer = browser(user).get("/my/courses.php")
    assert names(answer.text, "//a[@class='lms-card']//span[contains(@class, 'fw-semibold')]") == (
        courses
    )
    assert answer.headers.get("Location") == (None if courses else "/course/view.php?id=2")


def test_the_language_of_launches_can_be_chosen(lms: Lms, browser: Any) -> None:
    chrome = browser(CAMILLE)
    chrome.post("/user/language.php", data={"sesskey": sesskey(chrome), "locale": "en"})
    _, form = hidden_form(chrome.get("/mod/lti/launch.php?id=2").text)
    query = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "redirect_uri": "http://localhost:8080/lti/launch",
        "nonce": "n",
        **form,
    }
    _, posted = hidden_form(chrome.get("/mod/lti/auth.php", query_string=query).text)
    claims = jwt.decode(posted["id_token"], options={"verify_signature": False})

    key = "https://purl.imsglobal.org/spec/lti/claim/launch_presentation"
    assert claims[key]["locale"] == "en"
