"""Look for gradebook columns that no launch named, one process at a time"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("line_items") as batch:
        batch.add_column(sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("look_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("error", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("line_items") as batch:
        batch.drop_column("error")
        batch.drop_column("look_at")
        batch.drop_column("claimed_until")
