"""A session that ended in the middle of something: nothing typed is lost, nothing is done without being asked."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_app.models import Assessment, KeptKind, KeptWork, LaunchSession, Platform, PlatformStatus
from lti_app.services.current import LEARNER
from lti_app.services.launches import kept_work, launch_sessions
from lti_app.services.wiring import Wiring
from lti_app.views.guard import PUBLIC
from tests.conftest import Clock
from tests.factories import School
from tests.views.conftest import Enter, Page, Visitor

CODE, OTHER = "C1.1.03.1", "C1.1.03.2"
ENTRIES = '//section[@aria-labelledby="entries"]//li'
UNTYPED = {
    # buttons
    "columns.remove", "columns.rename", "groups.remove",
    "classroom.keep", "classroom.refresh_roster", "classroom.resend", "declaring.remove",
    "declaring.withdraw", "evidence_files.remove", "exchange.choose", "exchange.now", "exchange.setting",
    "moodle_admin.course", "moodle_admin.disconnect", "moodle_admin.examine", "moodle_admin.plan",
    "moodle_admin.push", "moodle_admin.template", "platform_admin.check", "platform_admin.invite",
    "platform_admin.rotate", "pupils.look_again", "pupils.set_aside", "pupils.take_back", "referentials.apply",
    "referentials.plan_restore", "referentials.restore", "requests.addressing", "resuming.drop",
    "resuming.record", "situations.remove", "grid.prefer", "undo.take_back",
    # the page keeps what was typed: it stands in its field
    "choose_again.plan", "deep_linking.plan", "grid.keep_comment",
    # files, which are still where they were chosen
    "referentials.plan", "sheets.compare",
    # a secret, which is to be kept in one place only
    "moodle_admin.connect",
}  # fmt: skip


def entry(learner_id: int, code: str = CODE, level: int | None = 3, **more: object) -> dict:
    return {"learner": learner_id, "code": code, "level": level, **more}


def send(visitor: Visitor, *entries: dict) -> tuple[int, bool]:
    answer = visitor.send("/assessments", {"entries": list(entries)})
    return answer.status_code, answer.get_json()["kept"]


@pytest.fixture
def ended(teacher: Visitor, clock: Clock) -> Visitor:
    teacher.token()
    clock.forward(hours=13)
    return teacher


def save(visitor: Visitor) -> Page:
    """Records the entries that the page shows; the page after it."""
    ids = visitor.get("/resume").values(
        '//form[contains(@action, "entries")]//input[@name="id"]/@value'
    )
    answer = visitor.submit("/resume/entries", {"id": ids})
    return visitor.get(answer.location.removeprefix(visitor.base))


def first_page(visitor: Visitor) -> str:
    """Where the activity opens, without the session's own part of the address."""
    location = visitor.client.get(visitor.base + "/").location
    return location.removeprefix(visitor.base)


def assessed(parts: Wiring) -> list[tuple[int, int | None, str]]:
    with parts.store.read() as session:
        rows = session.scalars(select(Assessment).order_by(Assessment.id))
        return [(row.learner_id, row.level, row.comment) for row in rows]


def waiting(parts: Wiring) -> int:
    with parts.store.read() as session:
        return session.scalar(select(func.count()).select_from(KeptWork)) or 0


def test_every_view_that_changes_something_says_whether_people_type_into_it(app: Flask) -> None:
    views = {
        rule.endpoint: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    }
    silent = {
        endpoint
        for endpoint, view in views.items()
        if PUBLIC not in view.allowed and view.typed is None  # type: ignore[attr-defined]
    }
    assert silent == UNTYPED


def test_entries_wait_for_the_next_launch(ended, enter, school, parts):
    first, second = school.pupils[:2]
    assert send(ended, entry(first, comment="Bien vu")) == (401, True)
    assert send(ended, entry(first, level=4), entry(second, level=None, mark="absent")) == (
        401,
        True,
    )
    assert assessed(parts) == []

    again = enter()
    assert first_page(again) == "/resume"
    page = again.get("/resume")
    rows = page.texts(ENTRIES)
    assert len(rows) == 2
    assert "Bien vu" in rows[0]
    assert "Absence" in rows[1] or "Absent" in rows[1]
    assert "maintenant" not in rows[0]
    page = save(again)
    assert page.text('//form[contains(@class, "recorded")]/p') == "2 cases enregistrées."
    assert assessed(parts) == [(first, 4, "Bien vu"), (second, None, "")]
    assert waiting(parts) == 0
    assert first_page(again) == "/class"


def test_thrown_away_is_thrown_away(ended, enter, school, parts):
    send(ended, entry(school.pupils[0]))
    again = enter()
    ids = again.get("/resume").values('//form[contains(@action, "drop")]//input[@name="id"]/@value')
    assert again.submit("/resume/drop", {"id": ids}).location == again.base + "/class"
    assert (assessed(parts), waiting(parts)) == ([], 0)
    assert "Rien à reprendre" in again.get("/resume").text("//main")


def test_ones_own_newer_entry_is_not_overwritten_either(ended, enter, school, parts):
    pupil = school.pupils[0]
    send(ended, entry(pupil, level=1, base=0))
    again = enter()
    again.send("/assessments", {"entries": [entry(pupil, level=4)]})
    page = save(again)
    assert [level for _pupil, level, _words in assessed(parts)] == [4]
    said = page.text('//p[contains(@class, "warning")]')
    assert "vous avez mis «\u202fMaîtrisé\u202f»" in said


def test_a_colleague_who_was_there_meanwhile_is_not_overwritten(ended, enter, school, parts):
    pupil = school.pupils[0]
    send(ended, entry(pupil, level=1, base=0))
    colleague = enter(school.assistant_id)
    assert colleague.send("/assessments", {"entries": [entry(pupil, level=4)]}).status_code == 200
    again = enter()
    rows = again.get("/resume").texts(ENTRIES)
    assert "maintenant" in rows[0]
    page = save(again)
    assert [level for _pupil, level, _words in assessed(parts)] == [4]
    assert "a mis" in page.text('//p[contains(@class, "warning")]')


def test_what_no_longer_fits_is_said_and_the_rest_recorded(ended, enter, school, parts):
    send(ended, entry(school.pupils[0]), entry(school.stranger_id), entry(school.pupils[1], "C9.9"))
    again = enter()
    page = again.get("/resume")
    assert len(page.texts(ENTRIES)) == 1
    assert "2 saisies ne concernent plus" in page.text('//p[contains(@class, "warning")]')
    save(again)
    assert [pupil for pupil, _level, _words in assessed(parts)] == [school.pupils[0]]
    assert waiting(parts) == 0


@pytest.fixture
def pupil(enter: Enter, school: School) -> Visitor:
    visitor = enter(school.pupils[0], LEARNER)
    visitor.token("/progress")
    return visitor


def test_a_students_words_wait_too(pupil, enter, school, clock, parts):
    clock.forward(hours=13)
    told = {"words": "J’ai installé\nun serveur <web>", "act": "ask"}
    answer = Page(pupil.submit(f"/declarations/{CODE}", told))
    assert (answer.status, answer.values("//section/@data-code")) == (401, ["session_expired"])
    assert "n’est pas perdu" in answer.text("//main")

    again = enter(school.pupils[0], LEARNER)
    assert first_page(again) == "/resume"
    page = again.get("/resume")
    written, then = page.texts('//p[@class="told"]')
    assert ("un serveur <web>" in written, then) == (True, "→ Demander la validation")
    assert CODE in page.text("//section//h3")
    (form,) = page.tree.xpath('//form[contains(@action, "declarations")]')
    sent = again.client.post(form.action, data=dict(form.form_values()))
    assert sent.location == f"{again.base}/declarations/{CODE}"
    shown = again.get(f"/declarations/{CODE}")
    assert "un serveur <web>" in shown.text('//p[@class="told"]')
    assert "Demande envoyée" in shown.text('//section[@aria-labelledby="mine"]')
    assert waiting(parts) == 0


@pytest.mark.parametrize("at", ["work", "an end"])
def test_what_is_sent_while_the_platform_is_switched_off_waits_too(
    pupil, enter, school, clock, parts, at
):
    clock.forward(hours=13 if at == "an end" else 0)
    with parts.store.write() as session:
        session.get_one(Platform, school.platform_id).status = PlatformStatus.INACTIVE.value
    answer = Page(pupil.submit(f"/declarations/{CODE}", {"words": "Un serveur", "act": "ask"}))
    assert (answer.status, answer.values("//section/@data-code")) == (403, ["platform_inactive"])
    assert "n’est pas perdu" in answer.text("//main")
    assert "Quand l’accès sera rétabli" in answer.text("//main")
    with parts.store.write() as session:
        session.get_one(Platform, school.platform_id).status = PlatformStatus.ACTIVE.value
    again = enter(school.pupils[0], LEARNER)
    assert again.get("/resume").texts('//p[@class="told"]')[0].endswith("Un serveur")


def test_a_file_cannot_be_kept_and_then_nothing_is_asked_for_without_it(
    pupil, enter, school, clock
):
    clock.forward(hours=13)
    fields = {"words": "Voir le plan", "act": "ask", "file": (io.BytesIO(b"%PDF-1.4"), "plan.pdf")}
    pupil.submit(f"/declarations/{CODE}", fields)
    page = enter(school.pupils[0], LEARNER).get("/resume")
    assert "plan.pdf" in page.text('//p[contains(@class, "warning")]')
    assert page.values('//input[@name="act"]/@value') == []
    assert page.values('//input[@name="words"]/@value') == ["Voir le plan"]


def test_a_form_sent_twice_waits_once_and_leads_on_to_the_next(ended, enter, parts, school):
    form = {"name": "Groupe A", "kind": "group"}
    for name in ("Groupe A", "Groupe A", "Groupe B"):
        assert ended.submit("/groups", {**form, "name": name}).status_code == 401
    again = enter()
    forms = again.get("/resume").tree.xpath('//form[contains(@action, "groups")]')
    assert [dict(one.form_values())["name"] for one in forms] == ["Groupe A", "Groupe B"]
    answers = [again.client.post(one.action, data=dict(one.form_values())) for one in forms]
    assert [one.location.removeprefix(again.base) for one in answers] == ["/resume", "/groups"]
    assert waiting(parts) == 0


def test_a_form_that_is_warned_about_goes_on_waiting(ended, enter, parts):
    ended.submit(
        "/overview/pace", {"begins_on": "2026-09-01", "ends_on": "2026-08-01", "target": "80"}
    )
    again = enter()
    (form,) = again.get("/resume").tree.xpath('//form[contains(@action, "pace")]')
    again.client.post(form.action, data=dict(form.form_values()))
    assert waiting(parts) == 1


def test_the_activity_opens_where_one_was(ended, enter, school, clock):
    path = f"/students/{school.pupils[1]}"
    assert ended.get(path + "?part=P1").status == 401
    again = enter()
    assert first_page(again) == path + "?part=P1"
    assert first_page(again) == "/class"


def test_but_not_an_hour_later_and_not_at_a_download(ended, enter, school, clock):
    ended.get("/exports/moodle-framework")
    ended.client.get(ended.base + "/changes.json?since=0", headers={"Accept": "application/json"})
    assert first_page(enter()) == "/class"
    ended.get("/overview")
    clock.forward(hours=1)
    assert first_page(enter()) == "/class"


def test_the_page_of_an_ended_session_leads_back_to_the_course(enter, clock):
    visitor = enter(return_url="http://127.0.0.1:9/course/view.php?id=2")
    visitor.token()
    clock.forward(hours=13)
    links = visitor.get("/class").values("//main//a/@href")
    assert links == ["http://127.0.0.1:9/course/view.php?id=2"]


@pytest.mark.parametrize(
    "breach",
    ["another browser", "no token", "long ago", "not allowed"],
)
def test_nothing_is_kept_for_whoever_has_no_right_to_it(app, enter, school, clock, parts, breach):
    visitor = enter(school.pupils[0], LEARNER) if breach == "not allowed" else enter()
    token = visitor.token("/progress" if breach == "not allowed" else "/exports")
    clock.forward(hours=13)
    if breach == "another browser":
        visitor.client = app.test_client()
    if breach == "long ago":
        clock.now += launch_sessions.REMEMBERED
    headers = {} if breach == "no token" else {"X-CSRFToken": token}
    answer = visitor.client.post(
        visitor.base + "/assessments",
        json={"entries": [entry(school.pupils[0])]},
        headers={"Accept": "application/json", **headers},
    )
    assert (answer.status_code, answer.get_json()["kept"]) == (401, False)
    assert waiting(parts) == 0


def test_each_sees_and_touches_their_own(ended, enter, school, parts):
    send(ended, entry(school.pupils[0]))
    colleague = enter(school.assistant_id)
    assert first_page(colleague) == "/class"
    with parts.store.read() as session:
        kept = session.scalars(select(KeptWork.id)).one()
    colleague.submit("/resume/drop", {"id": [kept]})
    assert waiting(parts) == 1


def test_who_may_no_longer_teach_is_not_shown_the_class(ended, enter, school):
    send(ended, entry(school.pupils[0]))
    now = enter(school.teacher_id, LEARNER)
    assert first_page(now) == "/progress"
    assert now.get("/resume").texts(ENTRIES) == []


def test_nor_led_back_to_a_page_of_theirs(ended, enter, school):
    ended.get("/class")
    assert first_page(enter(school.teacher_id, LEARNER)) == "/progress"


def test_too_much_is_not_kept_and_says_so(ended, school, monkeypatch, parts):
    monkeypatch.setitem(kept_work.MOST, KeptKind.ENTRIES, 2)
    pupil = school.pupils[0]
    assert send(ended, entry(pupil), entry(pupil, OTHER)) == (401, True)
    assert send(ended, entry(pupil, level=1)) == (401, True)
    assert send(ended, entry(pupil, level=2)) == (401, False)
    assert waiting(parts) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"learner": "x"},
        {"learner": 1, "code": CODE, "level": 3, "mark": "absent"},
        {"learner": 1, "code": CODE, "level": None, "mark": "ill"},
        {"learner": 1, "code": CODE, "level": 3, "base": 10**20},
        {"learner": 10**20, "code": CODE, "level": 3},
        {"learner": 1, "code": CODE, "level": 3, "comment": "\ud800"},
        {"learner": 1, "code": CODE, "level": 3, "comment": "x" * 5001},
    ],
)
def test_what_could_never_be_recorded_is_not_kept(ended, wrong, parts):
    assert send(ended, wrong) == (401, False)
    assert waiting(parts) == 0


def test_only_what_was_shown_is_recorded_or_thrown_away(ended, enter, school, parts):
    first, second = school.pupils[:2]
    send(ended, entry(first))
    again = enter()
    ids = again.get("/resume").values('//input[@name="id"]/@value')
    send(ended, entry(second))
    answer = again.submit("/resume/entries", {"id": ids})
    assert answer.location == again.base + "/resume"
    assert [pupil for pupil, _level, _words in assessed(parts)] == [first]
    again.submit("/resume/drop", {"id": ids})
    assert waiting(parts) == 1
    assert "1 case enregistrée" in again.get("/resume").text('//p[contains(@class, "success")]')


@pytest.mark.parametrize("form", ["student", "sitting", "sheet"])
def test_every_form_of_entries_waits_as_entries(ended, enter, school, parts, form):
    pupil = school.pupils[0]
    path, fields = {
        "student": (f"/students/{pupil}", {f"level:{CODE}": "3", f"comment:{CODE}": "Oui"}),
        "sitting": (f"/session/rate/{CODE}", {f"level:{pupil}": "3"}),
        "sheet": ("/sheet/accept", {"entry": [f"{pupil}:{CODE}:3"], "base": "0"}),
    }[form]
    assert "n’est pas perdu" in Page(ended.submit(path, fields)).text("//main")
    save(enter())
    assert [(one, level) for one, level, _words in assessed(parts)] == [(pupil, 3)]


def test_a_removal_is_not_kept(ended, enter, parts):
    assert ended.submit("/groups/1/remove", {}).status_code == 401
    assert waiting(parts) == 0


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/overview/pace", {"act": "none", "begins_on": "2026-09-01"}, "→ N’attendre aucun rythme"),
        ("/groups", {"count": "4"}, "Équipes à créer\u202f: 4"),
        ("/rules/preview", {"grade": "mean"}, "→ Voir quelles notes changeraient."),
        (
            "/requests/7",
            {"act": "accept", "level": "3", "comment": "Bien"},
            "→ Valider\u202f: Acquis",
        ),
        ("/session/choose", {"code": [CODE]}, CODE),
    ],
)
def test_each_form_says_what_it_would_do(ended, enter, path, fields, said):
    ended.submit(path, fields)
    assert said in enter().get("/resume").text('//section[contains(@class, "kept")]')


def test_a_change_of_rules_is_shown_again_before_it_is_made(ended, enter):
    settings = {"maximum": "10", "fingerprint": "x"}
    ended.submit("/rules", settings)
    again = enter()
    (form,) = again.get("/resume").tree.xpath('//form[contains(@action, "/rules/preview")]')
    shown = Page(again.client.post(form.action, data=dict(form.form_values())))
    assert shown.status == 200
    assert set(shown.values('//input[@name="maximum"]/@value')) == {"10"}


@pytest.mark.parametrize("query", ["sid=x", "endpoint=x", "_anchor=x", "kept=1"])
def test_names_in_an_address_do_no_harm(ended, enter, query):
    ended.submit(f"/groups?{query}", {"name": "A", "kind": "group"})
    ended.get(f"/overview?{query}")
    assert enter().get("/resume").status == 200


def test_what_nobody_comes_back_for_goes(ended, school, clock, parts):
    send(ended, entry(school.pupils[0]))
    for late, left in (("remembered", (1, 1)), ("over", (1, 0)), ("kept too long", (0, 0))):
        clock.now += {
            "remembered": launch_sessions.REMEMBERED / 2,
            "over": launch_sessions.REMEMBERED,
            "kept too long": kept_work.LIFETIME,
        }[late]
        with parts.store.write() as session:
            launch_sessions.sweep(session, clock())
            kept_work.sweep(session, clock())
            sessions = session.scalar(select(func.count()).select_from(LaunchSession))
        assert (late, waiting(parts), sessions) == (late, *left)


def test_what_is_too_old_is_not_offered_even_before_it_goes(ended, enter, school, clock, parts):
    send(ended, entry(school.pupils[0]))
    clock.now += kept_work.LIFETIME
    assert first_page(enter()) == "/class"
    assert waiting(parts) == 1
