from celery import current_app
from celery.signals import task_postrun, task_prerun, worker_process_init, worker_shutting_down
from django.apps import AppConfig, apps
from django.db import close_old_connections
from django.db.models.signals import post_migrate


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        # Tasks need the models, so they are imported here and not in tasks/__init__.py.
        from jobs import queue  # noqa: PLC0415
        from tasks import checks, greetings, products, retention  # noqa: F401, PLC0415
        from tasks import dispatch, processes, schedule, shutdown  # noqa: PLC0415
        from tasks.worker import Caretaker  # noqa: PLC0415

        queue.announce = dispatch.announce
        current_app.steps["worker"].add(Caretaker)
        worker_process_init.connect(processes.lead_group)
        worker_shutting_down.connect(shutdown.begin)
        # Of the apps with models only: Django sends this for no other.
        post_migrate.connect(schedule.seed, sender=apps.get_app_config("django_celery_beat"))
        # A kept connection that died between two tasks is found before the next one needs it.
        task_prerun.connect(_refresh_connections)
        task_postrun.connect(_refresh_connections)


def _refresh_connections(**kwargs: object) -> None:
    close_old_connections()
