"""The Celery application: Celery carries a run's id; what is true about the run stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("nightshift", control="tasks.control:RunControl")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Without it only this thread would know the application, and a view in another thread would ask a stock one.
app.set_default()
