from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "Nightshift"

    def ready(self) -> None:
        from jobs import checks  # noqa: F401, PLC0415 registers itself, once the models are there
