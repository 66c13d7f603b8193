"""Let an activity have rules of its own and several columns

Masteries are kept for each scale and mastery rule in use; those that exist follow the latest
judgement, in the scale it was made in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assessments") as table:
        table.add_column(sa.Column("code", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("resource_links") as table:
        table.add_column(
            sa.Column("custom_settings", sa.JSON(), server_default="{}", nullable=False)
        )
    op.execute("UPDATE resource_links SET custom_settings = settings")
    with op.batch_alter_table("line_items") as table:
        table.add_column(sa.Column("part", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("label", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("resource_id", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("tag", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("kind", sa.Text(), server_default="points", nullable=False))
        table.add_column(sa.Column("levels", sa.SmallInteger(), nullable=True))
        table.add_column(
            sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False)
        )
        table.drop_constraint("uq_line_items_resource_link_id", type_="unique")
        table.create_unique_constraint(
            op.f("uq_line_items_resource_link_id_part"), ["resource_link_id", "part"]
        )
    _masteries(
        columns=[
            sa.Column("rule", sa.Text(), nullable=False),
            sa.Column("level", sa.SmallInteger(), nullable=True),
            sa.Column("code", sa.Text(), server_default="", nullable=False),
        ],
        key=["course_id", "learner_id", "node_id", "rule"],
        copied="m.course_id, m.learner_id, m.node_id, m.assessment_id, m.level,"
        " a.scale || '/latest' AS rule, '' AS code",
        names="course_id, learner_id, node_id, assessment_id, level, rule, code",
        kept="1 = 1",
    )


def downgrade() -> None:
    _masteries(
        columns=[sa.Column("level", sa.SmallInteger(), nullable=False)],
        key=["course_id", "learner_id", "node_id"],
        copied="m.course_id, m.learner_id, m.node_id, m.assessment_id, m.level",
        names="course_id, learner_id, node_id, assessment_id, level",
        kept="m.rule = a.scale || '/latest' AND m.level IS NOT NULL",
    )
    op.execute("DELETE FROM line_items WHERE part <> ''")
    with op.batch_alter_table("line_items") as table:
        table.drop_constraint("uq_line_items_resource_link_id_part", type_="unique")
        table.create_unique_constraint(op.f("uq_line_items_resource_link_id"), ["resource_link_id"])
        for name in ("active", "levels", "kind", "tag", "resource_id", "label", "part"):
            table.drop_column(name)
    with op.batch_alter_table("resource_links") as table:
        table.drop_column("custom_settings")
    with op.batch_alter_table("assessments") as table:
        table.drop_column("code")


def _masteries(
    columns: list[sa.Column], key: list[str], copied: str, names: str, kept: str
) -> None:
    """Makes the table anew with another primary key, which SQLite cannot alter, and fills it."""
    op.execute(
        f"CREATE TABLE masteries_kept AS SELECT {copied}"  # noqa: S608 - names of our own
        f" FROM masteries m JOIN assessments a ON a.id = m.assessment_id WHERE {kept}"
    )
    op.drop_table("masteries")
    op.create_table(
        "masteries",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_masteries_assessment_id_assessments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_masteries_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_masteries_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["node_keys.id"], name=op.f("fk_masteries_node_id_node_keys")
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_masteries")),
    )
    op.execute(f"INSERT INTO masteries ({names}) SELECT {names} FROM masteries_kept")  # noqa: S608
    op.drop_table("masteries_kept")
