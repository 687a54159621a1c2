from django.apps import AppConfig
from django.db.models.signals import post_migrate


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Nightshift"

    def ready(self) -> None:
        # Once the models are there. The checks register themselves.
        from jobs import access, calls, catalog, checks, children, rights  # noqa: F401, PLC0415

        calls.call_job = children.call_plainly
        access.private_jobs = catalog.private_jobs
        post_migrate.connect(rights.after_migrate, sender=self)
