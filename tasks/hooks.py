"""What Celery and Django call of ours, connected once both are set up."""

from celery import current_app
from celery.signals import task_postrun, task_prerun, worker_process_init, worker_shutting_down
from django.apps import apps
from django.db.models.signals import post_migrate

from jobs import queue, waiting
from jobs.services import health
from tasks import broker, connections, dispatch, processes, seeding, shutdown
from tasks.prefetch import Prefetch
from tasks.worker import Caretaker


def connect() -> None:
    queue.announce = dispatch.announce
    waiting.broker_rests = dispatch.broker_rests
    health.ask_broker = broker.ask_broker
    current_app.steps["worker"].add(Caretaker)
    current_app.steps["consumer"].add(Prefetch)
    worker_process_init.connect(processes.end_if_orphaned)
    worker_process_init.connect(processes.lead_group)
    worker_shutting_down.connect(shutdown.begin)
    task_prerun.connect(connections.refresh)
    task_postrun.connect(connections.refresh)
    # Of the apps with models only: Django sends this for no other.
    post_migrate.connect(seeding.seed, sender=apps.get_app_config("django_celery_beat"))
