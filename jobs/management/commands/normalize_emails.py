from jobs import catalog
from jobs.command import JobCommand


class Command(JobCommand):
    job = catalog.NORMALIZE_EMAILS
