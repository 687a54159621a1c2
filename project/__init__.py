"""Wiring: settings, addresses, the Celery application. It imports every room and is imported by none."""
