"""First form: keys, audit, digest keys, kept answers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "state",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
        comment="keys_version: changes with every change of a key; 0 or no row: no key was ever made",
    )
    op.create_table(
        "keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("old_digest", sa.LargeBinary),
        sa.Column("old_until", sa.String(32)),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("purposes", sa.Text, nullable=False),
        sa.Column("country", sa.Text),
        sa.Column("rate_per_second", sa.Float),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("rotated_at", sa.String(32)),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("revoked_at", sa.String(32)),
    )
    op.create_table(
        "writers",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("made_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("writer", sa.String(32), primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.LargeBinary, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoints",
        sa.Column("writer", sa.String(32), primary_key=True),
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "periods",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.LargeBinary),
        sa.Column("begins_at", sa.String(32), nullable=False),
        sa.Column("ends_at", sa.String(32), nullable=False),
        sa.Column("destroyed_at", sa.String(32)),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("request_digest", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("request", sa.String(64)),
        sa.Column("answer", sa.LargeBinary),
        sa.Column("expires_at", sa.String(32), nullable=False),
    )
