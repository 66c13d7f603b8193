"""Let students declare competences with evidence, and courses choose a pace"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_choices",
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("target", sa.SmallInteger(), server_default="100", nullable=False),
        sa.Column("informal", sa.Boolean(), nullable=True),
        _to("course_choices", "course_id", "courses.id", "CASCADE"),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_choices")),
    )
    op.create_table(
        "situations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("story", sa.Text(), server_default="", nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _to("situations", "course_id", "courses.id", "CASCADE"),
        _to("situations", "learner_id", "users.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situations")),
    )
    op.create_index("ix_situations_owner", "situations", ["course_id", "learner_id"])
    op.create_table(
        "declarations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=False),
        sa.Column("situation_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        _to("declarations", "course_id", "courses.id", "CASCADE"),
        _to("declarations", "learner_id", "users.id", "CASCADE"),
        _to("declarations", "node_id", "node_keys.id", None),
        _to("declarations", "situation_id", "situations.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declarations")),
        sa.UniqueConstraint(
            "course_id",
            "learner_id",
            "node_id",
            name=op.f("uq_declarations_course_id_learner_id_node_id"),
        ),
    )
    op.create_index("ix_declarations_state", "declarations", ["course_id", "state"])
    op.create_index(op.f("ix_declarations_situation_id"), "declarations", ["situation_id"])
    op.create_table(
        "declaration_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), server_default="", nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=True),
        sa.Column("comment", sa.Text(), server_default="", nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _to("declaration_steps", "declaration_id", "declarations.id", "CASCADE"),
        _to("declaration_steps", "author_id", "users.id", "SET NULL"),
        _to("declaration_steps", "assessment_id", "assessments.id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_steps")),
    )
    op.create_index(
        op.f("ix_declaration_steps_declaration_id"), "declaration_steps", ["declaration_id"]
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=True),
        sa.Column("situation_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("file_name", sa.Text(), server_default="", nullable=False),
        sa.Column("content_type", sa.Text(), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sha256", sa.String(64), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(declaration_id IS NULL) <> (situation_id IS NULL)",
            name=op.f("ck_evidence_one_owner"),
        ),
        _to("evidence", "declaration_id", "declarations.id", "CASCADE"),
        _to("evidence", "situation_id", "situations.id", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_declaration_id"), "evidence", ["declaration_id"])
    op.create_index(op.f("ix_evidence_situation_id"), "evidence", ["situation_id"])
    op.create_table(
        "evidence_files",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        _to("evidence_files", "evidence_id", "evidence.id", "CASCADE"),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_files")),
    )


def downgrade() -> None:
    for table in (
        "evidence_files",
        "evidence",
        "declaration_steps",
        "declarations",
        "situations",
        "course_choices",
    ):
        op.drop_table(table)


def _to(table: str, column: str, target: str, ondelete: str | None) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [target], name=name, ondelete=ondelete)
