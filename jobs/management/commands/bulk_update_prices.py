from jobs import catalog
from jobs.command import JobCommand


class Command(JobCommand):
    job = catalog.BULK_UPDATE_PRICES
