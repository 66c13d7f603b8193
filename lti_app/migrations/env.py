"""Alembic's environment: migrations run on the connection that ``models.migrate`` hands over."""

from typing import Any

from alembic import context

from lti_app.models import Base
from lti_app.models.base import UtcDateTime


def render_item(kind: str, item: Any, _context: Any) -> Any:
    """Writes our column type as plain SQLAlchemy: migrations must not import the models."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False
    )


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters tables by copying them
    compare_type=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
