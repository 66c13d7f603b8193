"""Remember the moment beyond which no session is prolonged"""

import sqlalchemy as sa
from alembic import op

revision = "0140"
down_revision = "0130"
branch_labels = None
depends_on = None

TABLE = "launch_sessions"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("latest_end", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column(TABLE, "latest_end")
