"""Whether the tables are there, before anything is run on them."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, OutputWrapper
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error


def bring_up_to_date(told: OutputWrapper) -> None:
    """Make the tables of a new embedded database; raise CommandError where any other lacks migrations."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        raise CommandError(unreachable(error)) from error
    if not plan:
        return
    if settings.EMBEDDED and not executor.loader.applied_migrations:
        told.write(f"The embedded database is new: applying its {len(plan)} migrations.")
        call_command("migrate", verbosity=0)
        return
    raise CommandError(f"{len(plan)} migrations are not applied; run: python manage.py migrate")


def unreachable(error: Exception) -> str:
    """Which database cannot be reached, and where; never the password."""
    where = connection.settings_dict
    address = f"{where['HOST'] or 'localhost'}:{where['PORT'] or 5432}"
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return f"The database {where['NAME']!r} at {address} cannot be reached: {reason}"
