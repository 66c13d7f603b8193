"""What a class already has survives the move to rules and columns, on SQLite too, whose tables are
altered by copying them."""

from __future__ import annotations

from alembic import command
from sqlalchemy import text

from lti_app.models import migrate
from lti_app.models.store import Store

NOW = "2026-09-01 08:00:00+00:00"
BEFORE = f"""
INSERT INTO platforms VALUES
  (1, 'Lycée', 'https://m', 'c', 'a', 't', NULL, 'j', 'moodle', 'active', '{NOW}');
INSERT INTO deployments VALUES (1, 1, '1');
INSERT INTO courses VALUES (1, 1, '2', '', '', NULL, NULL, '', NULL, '');
INSERT INTO resource_links VALUES (1, 1, '7', '', '{{"scale": "acquis-2"}}', NULL);
INSERT INTO users VALUES (1, 1, '5', '', '', '');
INSERT INTO node_keys VALUES (1, '00000000000000000000000000000001', 'BTSSIO', 'C1.1.03.1');
INSERT INTO assessments
  (id, course_id, learner_id, node_id, author_id, scale, level, comment, source, created_at)
  VALUES (1, 1, 1, 1, NULL, 'acquis-2', 2, 'Bien', 'tool', '{NOW}');
INSERT INTO masteries VALUES (1, 1, 1, 2, 1);
INSERT INTO line_items VALUES (1, 1, 'https://m/1');
INSERT INTO grade_syncs VALUES
  (1, 1, 1, 20, 20, 'Tout', 3, 3, 20, 'sent', '', 0, '{NOW}', NULL, NULL, '{NOW}');
"""


def test_masteries_and_grades_survive(database_url: str) -> None:
    store = Store(database_url)
    settings = migrate.config()
    with store.engine.begin() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0010")
        for statement in BEFORE.split(";\n"):
            if statement.strip():
                connection.execute(text(statement))

    migrate.upgrade(store.engine)

    with store.engine.connect() as connection:
        rows = {
            table: [tuple(row) for row in connection.execute(text(query))]
            for table, query in {
                "masteries": "SELECT learner_id, rule, level, code FROM masteries",
                "assessments": "SELECT level, code, comment FROM assessments",
                "columns": "SELECT part, kind, url FROM line_items",
                "grades": "SELECT learner_id, wanted_revision, state FROM grade_syncs",
            }.items()
        }
        settings_kept = connection.execute(
            text("SELECT CAST(custom_settings AS TEXT) FROM resource_links")
        ).scalar_one()
    store.dispose()
    assert rows == {
        "masteries": [(1, "acquis-2/latest", 2, "")],
        "assessments": [(2, "", "Bien")],
        "columns": [("", "points", "https://m/1")],
        "grades": [(1, 3, "sent")],
    }
    assert settings_kept == '{"scale": "acquis-2"}'
