"""Every job there is: to functions what urls.py is to views."""

from datetime import timedelta

from django.db import OperationalError

from jobs.exceptions import UnknownJob
from jobs.job import Job, Overlap, Rejects, Retry
from jobs.services import (
    checksums,
    commands,
    counting,
    daily_stats,
    data_migrations,
    database,
    emails,
    exports,
    files,
    greetings,
    health,
    nightly,
    notifications,
    old_data,
    order_import,
    orders,
    prices,
    product_sync,
    products,
    retention,
    sales,
    tokens,
    user_stats,
)
from jobs.services.mail import MailServerFailed
from jobs.services.web_addresses import ServerUnavailable

GREET = Job(function=greetings.greet)

IMPORT_PRODUCTS = Job(
    function=products.import_products,
    queue="bulk",
    retry=Retry(on=(OSError, OperationalError), attempts=5, delay=timedelta(seconds=30)),
    time_limit=timedelta(hours=2),
    rejects=Rejects(again="only"),
)

CLEANUP_RUNS = Job(
    function=retention.cleanup_runs,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.SKIP,
    schedule="30 3 * * *",
)

PROCESS_FILE = Job(
    function=files.process_file,
    queue="bulk",
    retry=Retry(on=(OSError, OperationalError)),
    time_limit=timedelta(hours=6),
)

NIGHTLY = Job(
    function=nightly.nightly,
    queue="bulk",
    time_limit=timedelta(hours=12),
    overlap=Overlap.SKIP,
    schedule="0 2 * * *",
)

BULK_UPDATE_PRICES = Job(
    function=prices.bulk_update_prices,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.QUEUE,
)

PROCESS_ORDERS = Job(
    function=orders.process_orders,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
)

COMPUTE_DAILY_STATS = Job(
    function=daily_stats.compute_daily_stats,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.QUEUE,
)

COMPUTE_USER_STATS = Job(
    function=user_stats.compute_user_stats,
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(minutes=5),
)

SEND_NOTIFICATION_EMAIL = Job(
    function=notifications.send_notification_email,
    retry=Retry(on=(MailServerFailed, OperationalError), attempts=5, delay=timedelta(minutes=1)),
    time_limit=timedelta(minutes=5),
)

SEND_NOTIFICATIONS = Job(
    function=notifications.send_notifications,
    queue="bulk",
    retry=Retry(on=(MailServerFailed, OperationalError), attempts=5, delay=timedelta(minutes=5)),
    time_limit=timedelta(hours=1),
)

SALES_REPORT = Job(
    function=sales.sales_report,
    queue="bulk",
    retry=Retry(on=(MailServerFailed, OSError, OperationalError), attempts=5, delay=timedelta(minutes=1)),
    time_limit=timedelta(hours=1),
)

SYNC_PRODUCTS = Job(
    function=product_sync.sync_products,
    queue="bulk",
    retry=Retry(on=(ServerUnavailable, OperationalError), attempts=5, delay=timedelta(minutes=5)),
    time_limit=timedelta(hours=2),
)

CHECK_HEALTH = Job(function=health.check_health, time_limit=timedelta(minutes=1))

CHECK_DATABASE = Job(function=database.check_database, time_limit=timedelta(minutes=5))

COUNT_ROWS = Job(
    function=counting.count_rows,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
)

CHECKSUM_FILES = Job(function=checksums.checksum_files, queue="bulk", time_limit=timedelta(hours=2))

RUN_COMMAND = Job(function=commands.run_command, queue="bulk", time_limit=timedelta(hours=2))

IMPORT_ORDERS = Job(
    function=order_import.import_orders,
    queue="bulk",
    retry=Retry(on=(OSError, OperationalError), attempts=5, delay=timedelta(seconds=30)),
    time_limit=timedelta(hours=2),
    rejects=Rejects(again="only"),
)

NORMALIZE_EMAILS = Job(
    function=emails.normalize_emails,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.SKIP,
    rejects=Rejects(),
)

CLEANUP_TOKENS = Job(
    function=tokens.cleanup_tokens,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.SKIP,
)

MIGRATE_DATA = Job(
    function=data_migrations.migrate_data,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=6),
    overlap=Overlap.SKIP,
    overlap_by=("name",),
)

CLEANUP_OLD_DATA = Job(
    function=old_data.cleanup_old_data,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=4),
    overlap=Overlap.SKIP,
)

EXPORT_PRODUCTS = Job(
    function=exports.export_products,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
)

EXPORT_USERS = Job(
    function=exports.export_users,
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
)

JOBS = {job.name: job for job in list(vars().values()) if isinstance(job, Job)}
QUEUES = sorted({job.queue for job in JOBS.values()})


def get(name: str) -> Job:
    """Raises UnknownJob."""
    try:
        return JOBS[name]
    except KeyError:
        raise UnknownJob(name, JOBS) from None
