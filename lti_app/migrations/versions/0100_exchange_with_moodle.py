"""Exchange ratings with Moodle, and remember which of its grades a teacher agreed to"""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0090"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("grade_syncs") as batch:
        batch.add_column(sa.Column("kept", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "course_exchanges",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_course_exchanges_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_exchanges")),
    )
    op.create_table(
        "moodle_ratings",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.SmallInteger(), nullable=True),
        sa.Column("evidence_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("modified", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("assessment_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("their_grade", sa.SmallInteger(), nullable=True),
        sa.Column("their_evidence_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("their_sub", sa.Text(), server_default="", nullable=False),
        sa.Column("their_name", sa.Text(), server_default="", nullable=False),
        sa.Column("their_words", sa.Text(), server_default="", nullable=False),
        sa.Column("their_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_moodle_ratings_course_id_courses"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"],
            ["users.id"],
            name=op.f("fk_moodle_ratings_learner_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["node_keys.id"], name=op.f("fk_moodle_ratings_node_id_node_keys")
        ),
        sa.PrimaryKeyConstraint(
            "course_id", "learner_id", "node_id", name=op.f("pk_moodle_ratings")
        ),
    )
    op.create_index(op.f("ix_moodle_ratings_learner_id"), "moodle_ratings", ["learner_id"])


def downgrade() -> None:
    op.drop_table("moodle_ratings")
    op.drop_table("course_exchanges")
    with op.batch_alter_table("grade_syncs") as batch:
        batch.drop_column("kept")
