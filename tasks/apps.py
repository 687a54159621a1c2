from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        # Tasks need the models, so they are imported here and not in tasks/__init__.py.
        from tasks import checks, files, greetings, hooks, nightly, products, retention  # noqa: F401, PLC0415

        hooks.connect()
