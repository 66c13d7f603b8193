"""A service's data by the million, made inside PostgreSQL: courses of twenty learners, each rated on 45 competences.

Rows are written in the order in which a school year writes them: one competence after the other, course
after course, so that what belongs to one course lies scattered over the whole table, as it does in life.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, text

from lti_app.models.store import Store
from lti_app.services.activities.framing import LinkSettings, resolve
from lti_app.services.referentials.catalogue import Catalogue

LEARNERS = 20  # in a course
RATED = 45  # competences of each learner
COURSES_OF_PLATFORM = 30
COMMENTED = 10  # one judgement in so many carries words
TABLES = (
    "platforms",
    "deployments",
    "courses",
    "resource_links",
    "line_items",
    "users",
    "memberships",
    "node_keys",
    "assessments",
    "masteries",
    "grade_syncs",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Rows of the large tables and bytes of the whole database, indexes included."""

    courses: int
    rows: dict[str, int]
    size: dict[str, int]

    @property
    def learners(self) -> int:
        return self.courses * LEARNERS

    @property
    def total_rows(self) -> int:
        return sum(self.rows.values())

    @property
    def total_size(self) -> int:
        return sum(self.size.values())


def load(store: Store, courses: int, issuer: str) -> None:
    """Fills an empty, migrated database. Platform ``n`` lives under ``issuer`` with ``/n`` at its end."""
    with store.read() as session:
        framing = resolve(LinkSettings(), Catalogue(session, 0))
    values = {
        "courses": courses,
        "learners": LEARNERS,
        "rated": RATED,
        "per": COURSES_OF_PLATFORM,
        "issuer": issuer,
        "settings": json.dumps(framing.settings.to_json()),
        "rule": framing.mastery_key,
        "scale": framing.settings.scale,
        "levels": len(framing.scale.levels),
        "commented": COMMENTED,
    }
    with store.engine.begin() as connection:
        _quick(connection)
        for number, node in enumerate(framing.competences[:RATED], 1):
            connection.execute(
                text("insert into node_keys (id, uuid, referential, code) values (:i, :u, :r, :c)"),
                {"i": number, "u": node.uuid, "r": framing.referential.code, "c": node.code},
            )
        for statement in SCHOOLS + RATINGS:
            names = {name for name in values if f":{name}" in statement}
            connection.execute(text(statement), {name: values[name] for name in names})
        for table in TABLES:
            if table not in ("memberships", "masteries"):
                connection.execute(
                    text(
                        f"select setval(pg_get_serial_sequence('{table}', 'id'), "
                        f"(select max(id) from {table}))"
                    )
                )
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def weigh(store: Store) -> Loaded:
    """What is in there and what it takes."""
    with store.engine.connect() as connection:
        rows = {
            table: int(connection.execute(text(f"select count(*) from {table}")).scalar_one())
            for table in TABLES
        }
        size = {
            table: int(
                connection.execute(
                    text("select pg_total_relation_size(cast(:t as regclass))"), {"t": table}
                ).scalar_one()
            )
            for table in TABLES
        }
    return Loaded(rows["courses"], rows, size)


def _quick(connection: Connection) -> None:
    """Foreign keys are right by construction: they are not checked row by row, where we may say so."""
    allowed = connection.execute(
        text("select rolsuper from pg_roles where rolname = current_user")
    ).scalar_one()
    if allowed:
        connection.execute(text("set local session_replication_role = replica"))
    connection.execute(text("set local synchronous_commit = off"))


SCHOOLS = (
    """
    insert into platforms (id, name, issuer, client_id, auth_login_url, auth_token_url, jwks_url,
        product_family, status, created_at)
    select p, 'Lycée ' || p, :issuer || '/' || p, 'client-' || p,
        :issuer || '/' || p || '/mod/lti/auth.php', :issuer || '/' || p || '/mod/lti/token.php',
        :issuer || '/' || p || '/mod/lti/certs.php', 'moodle', 'active', now()
    from generate_series(1, (:courses + :per - 1) / :per) p
    """,
    "insert into deployments (id, platform_id, deployment_id) select id, id, '1' from platforms",
    """
    insert into courses (id, deployment_id, context_id, label, title, ags_scopes, roster_at,
        roster_error)
    select c, (c - 1) / :per + 1, c::text, 'SIO' || c, 'BTS SIO, section ' || c, '', now(), ''
    from generate_series(1, :courses) c
    """,
    """
    insert into resource_links (id, course_id, lti_id, title, settings, custom_settings)
    select c, c, c::text, 'Compétences', cast(:settings as json), cast(:settings as json)
    from generate_series(1, :courses) c
    """,
    """
    insert into line_items (id, resource_link_id, url, maximum, read_at)
    select c, c, :issuer || '/' || ((c - 1) / :per + 1) || '/lineitems/' || c || '/lineitem', 20, now()
    from generate_series(1, :courses) c
    """,
    """
    insert into users (id, platform_id, sub, given_name, family_name, name)
    select (c - 1) * (:learners + 1) + l, (c - 1) / :per + 1, ((c - 1) * (:learners + 1) + l)::text,
        'Prénom' || l, 'Nom' || c || '-' || l, ''
    from generate_series(1, :courses) c, generate_series(1, :learners + 1) l
    """,
    """
    insert into memberships (course_id, user_id, launched_as, roster_role, active)
    select c, (c - 1) * (:learners + 1) + l,
        case when l > :learners then 'teacher' else '' end, 'learner', true
    from generate_series(1, :courses) c, generate_series(1, :learners + 1) l
    """,
)
RATINGS = (
    """
    insert into assessments (id, course_id, learner_id, node_id, author_id, scale, level, code, comment,
        source, created_at)
    select ((n - 1)::bigint * :courses + c - 1) * :learners + l, c, (c - 1) * (:learners + 1) + l, n,
        c * (:learners + 1), :scale, (l + n + c) % :levels + 1, '',
        case when (l + n) % :commented = 0
            then 'Travail soigné ; la démarche reste à expliquer davantage.' else '' end,
        'tool', now() - interval '300 days' + n * interval '6 days'
    from generate_series(1, :rated) n, generate_series(1, :courses) c, generate_series(1, :learners) l
    """,
    """
    insert into masteries (course_id, learner_id, node_id, rule, level, code, assessment_id)
    select course_id, learner_id, node_id, :rule, level, '', id from assessments order by id
    """,
    """
    insert into grade_syncs (line_item_id, learner_id, score, maximum, comment, wanted_revision,
        settled_revision, sent_revision, state, error, attempts, next_attempt_at, last_timestamp,
        sent_score, sent_maximum, sent_comment, sent_timestamp, sent_at, held_score, held_maximum,
        held_at)
    select c, (c - 1) * (:learners + 1) + l, 3, 20, '22 compétences acquises sur 153.', :rated, :rated,
        :rated, 'sent', '', 0, now(), now() - interval '1 day', 3, 20,
        '22 compétences acquises sur 153.', now() - interval '1 day', now() - interval '1 day', 3, 20,
        now() - interval '1 day'
    from generate_series(1, :courses) c, generate_series(1, :learners) l
    """,
)
