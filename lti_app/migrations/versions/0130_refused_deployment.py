"""Remember the deployment that a genuine launch named in vain, for the self-test to tell"""

import sqlalchemy as sa
from alembic import op

revision = "0130"
down_revision = "0120"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("platforms", sa.Column("refused_deployment", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("platforms") as table:
        table.drop_column("refused_deployment")
