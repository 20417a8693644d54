"""Alembic's entry: one transaction on the engine that `pipelines.store.migrate` hands over."""

from alembic import context

from pipelines.store.schema import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        if engine.dialect.name == "postgresql":
            # Two processes that open an empty store at once: the second waits, then finds it done.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(8710)")
        context.run_migrations()
