from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Nightshift"

    def ready(self) -> None:
        # Once the models are there. The checks register themselves.
        from jobs import calls, checks, children  # noqa: F401, PLC0415

        calls.call_job = children.call_plainly
