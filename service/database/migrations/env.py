"""Run by alembic: steps run on the connection that `service.database.engine` hands over, in its transaction."""

from alembic import context

from service.database.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
