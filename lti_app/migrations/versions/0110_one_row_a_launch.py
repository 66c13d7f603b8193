"""Let the session of a launch stand for its nonce as well: its id follows from it

A launch then writes one row and, on SQLite, one page. Sessions from before are not carried over: their cookies are
of another form, and whoever has a page open is asked to launch again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0100"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "launch_sessions"


def upgrade() -> None:
    op.drop_table(TABLE)
    op.drop_table("used_nonces")
    op.create_table(TABLE, *_columns(), *_keys(), sqlite_with_rowid=False)


def downgrade() -> None:
    op.drop_table(TABLE)
    op.create_table(TABLE, *_columns(), sa.Column("created_at", MOMENT, nullable=False), *_keys())
    op.create_index("ix_launch_sessions_expires_at", TABLE, ["expires_at"])
    op.create_table(
        "used_nonces",
        sa.Column("nonce_hash", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name=op.f("pk_used_nonces")),
    )
    op.create_index("ix_used_nonces_expires_at", "used_nonces", ["expires_at"])


def _columns() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("resource_link_id", sa.Integer(), nullable=True),
        sa.Column("deep_linking", sa.JSON(), nullable=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("return_url", sa.Text(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
    ]


def _keys() -> list[sa.Constraint]:
    parents = (
        ("user_id", "users"),
        ("course_id", "courses"),
        ("resource_link_id", "resource_links"),
    )
    return [
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        *(
            sa.ForeignKeyConstraint(
                [column],
                [f"{parent}.id"],
                name=op.f(f"fk_{TABLE}_{column}_{parent}"),
                ondelete="CASCADE",
            )
            for column, parent in parents
        ),
    ]
