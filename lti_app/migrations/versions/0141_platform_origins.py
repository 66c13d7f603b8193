"""Let a platform have pages and services at further origins, named at its registration or later"""

import sqlalchemy as sa
from alembic import op

revision = "0141"
down_revision = "0140"
branch_labels = None
depends_on = None

TABLES = ("platforms", "invitations")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("origins", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("origins")
