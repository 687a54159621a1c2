from celery import current_app
from celery.signals import task_postrun, task_prerun, worker_process_init, worker_shutting_down
from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class TasksConfig(AppConfig):
    name = "tasks"

    def ready(self) -> None:
        # Tasks need the models, so they are imported here and not in tasks/__init__.py.
        from jobs import queue  # noqa: PLC0415
        from tasks import (  # noqa: F401, PLC0415  # noqa: PLC0415
            checks,
            connections,
            dispatch,
            greetings,
            processes,
            products,
            retention,
            schedule,
            shutdown,
        )
        from tasks.worker import Caretaker  # noqa: PLC0415

        queue.announce = dispatch.announce
        current_app.steps["worker"].add(Caretaker)
        worker_process_init.connect(processes.lead_group)
        worker_shutting_down.connect(shutdown.begin)
        # Of the apps with models only: Django sends this for no other.
        post_migrate.connect(schedule.seed, sender=apps.get_app_config("django_celery_beat"))
        task_prerun.connect(connections.refresh)
        task_postrun.connect(connections.refresh)
