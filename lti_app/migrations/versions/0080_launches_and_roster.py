"""Keep the way back with each launch, not with the activity, and where a roster tells its changes

Moodle's return address holds the launching person's session key: kept with the activity it would be
shown to others.
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("launch_sessions") as batch:
        batch.add_column(sa.Column("return_url", sa.Text(), nullable=True))
    with op.batch_alter_table("resource_links") as batch:
        batch.drop_column("return_url")
    with op.batch_alter_table("courses") as batch:
        batch.add_column(sa.Column("roster_changes_url", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("courses") as batch:
        batch.drop_column("roster_changes_url")
    with op.batch_alter_table("resource_links") as batch:
        batch.add_column(sa.Column("return_url", sa.Text(), nullable=True))
    with op.batch_alter_table("launch_sessions") as batch:
        batch.drop_column("return_url")
