"""Every job there is: to functions what urls.py is to views."""

from datetime import timedelta

from django.db import OperationalError

from jobs.exceptions import UnknownJob
from jobs.job import Job, Overlap, Rejects, Retry
from jobs.risk import Risk
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

GREET = Job(function=greetings.greet, subject="First steps")

IMPORT_PRODUCTS = Job(
    function=products.import_products,
    subject="Products",
    queue="bulk",
    retry=Retry(on=(OSError, OperationalError), attempts=5, delay=timedelta(seconds=30)),
    time_limit=timedelta(hours=2),
    rejects=Rejects(again="only"),
)

CLEANUP_RUNS = Job(
    function=retention.cleanup_runs,
    subject="Maintenance",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.SKIP,
    schedule="30 3 * * *",
)

PROCESS_FILE = Job(
    function=files.process_file,
    subject="Files",
    queue="bulk",
    retry=Retry(on=(OSError, OperationalError)),
    time_limit=timedelta(hours=6),
)

NIGHTLY = Job(
    function=nightly.nightly,
    subject="Maintenance",
    queue="bulk",
    time_limit=timedelta(hours=12),
    overlap=Overlap.SKIP,
    schedule="0 2 * * *",
    jobs_named_in="jobs",
)

BULK_UPDATE_PRICES = Job(
    function=prices.bulk_update_prices,
    subject="Products",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.QUEUE,
    risk=Risk(counted="changed", reason=True),  # customers pay them at once
)

PROCESS_ORDERS = Job(
    function=orders.process_orders,
    subject="Orders",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
)

COMPUTE_DAILY_STATS = Job(
    function=daily_stats.compute_daily_stats,
    subject="Orders",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.QUEUE,
)

COMPUTE_USER_STATS = Job(
    function=user_stats.compute_user_stats,
    subject="People",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(minutes=5),
)

SEND_NOTIFICATION_EMAIL = Job(
    function=notifications.send_notification_email,
    subject="Notifications",
    retry=Retry(on=(MailServerFailed, OperationalError), attempts=5, delay=timedelta(minutes=1)),
    time_limit=timedelta(minutes=5),
)

SEND_NOTIFICATIONS = Job(
    function=notifications.send_notifications,
    subject="Notifications",
    queue="bulk",
    retry=Retry(on=(MailServerFailed, OperationalError), attempts=5, delay=timedelta(minutes=5)),
    time_limit=timedelta(hours=1),
)

SALES_REPORT = Job(
    function=sales.sales_report,
    subject="Orders",
    queue="bulk",
    retry=Retry(on=(MailServerFailed, OSError, OperationalError), attempts=5, delay=timedelta(minutes=1)),
    time_limit=timedelta(hours=1),
)

SYNC_PRODUCTS = Job(
    function=product_sync.sync_products,
    subject="Products",
    queue="bulk",
    retry=Retry(on=(ServerUnavailable, OperationalError), attempts=5, delay=timedelta(minutes=5)),
    time_limit=timedelta(hours=2),
)

CHECK_HEALTH = Job(function=health.check_health, subject="The service", time_limit=timedelta(minutes=1))

CHECK_DATABASE = Job(function=database.check_database, subject="The service", time_limit=timedelta(minutes=5))

COUNT_ROWS = Job(
    function=counting.count_rows,
    subject="The service",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
)

CHECKSUM_FILES = Job(
    function=checksums.checksum_files, subject="Files", queue="bulk", time_limit=timedelta(hours=2)
)

RUN_COMMAND = Job(
    function=commands.run_command,
    subject="The service",
    queue="bulk",
    time_limit=timedelta(hours=2),
    risk=Risk(reason=True),  # what a command and its words are to do cannot be seen, nor previewed
)

IMPORT_ORDERS = Job(
    function=order_import.import_orders,
    subject="Orders",
    queue="bulk",
    retry=Retry(on=(OSError, OperationalError), attempts=5, delay=timedelta(seconds=30)),
    time_limit=timedelta(hours=2),
    rejects=Rejects(again="only"),
)

NORMALIZE_EMAILS = Job(
    function=emails.normalize_emails,
    subject="People",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.SKIP,
    rejects=Rejects(),
)

CLEANUP_TOKENS = Job(
    function=tokens.cleanup_tokens,
    subject="People",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
    overlap=Overlap.SKIP,
)

MIGRATE_DATA = Job(
    function=data_migrations.migrate_data,
    subject="Maintenance",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=6),
    overlap=Overlap.SKIP,
    overlap_by=("name",),
    risk=Risk(counted="changed", reason=True, approval=True),  # which rows had the old value is kept nowhere
)

CLEANUP_OLD_DATA = Job(
    function=old_data.cleanup_old_data,
    subject="Maintenance",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=4),
    overlap=Overlap.SKIP,
    risk=Risk(counted="deleted", reason=True),  # the audit log is among it
)

EXPORT_PRODUCTS = Job(
    function=exports.export_products,
    subject="Products",
    queue="bulk",
    retry=Retry(on=(OperationalError,)),
    time_limit=timedelta(hours=1),
)

EXPORT_USERS = Job(
    function=exports.export_users,
    subject="People",
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


def private_jobs() -> list[str]:
    return [job.name for job in JOBS.values() if job.private]
