from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Nightshift"

    def ready(self) -> None:
        # Once the models are there. The checks register themselves.
        from jobs import checks, children, progress  # noqa: F401, PLC0415

        progress.call_job = children.call_plainly
