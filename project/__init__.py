"""Wiring: settings, addresses, the Celery application. It imports every room and is imported by none."""

from project.celery import app as celery_app

__all__ = ["celery_app"]
