from typing import Any

from django.core.management.base import BaseCommand

from project.serve import serve


class Command(BaseCommand):
    help = "Start web, workers, beat and Flower in this terminal, import the example, serve until Ctrl-C."
    requires_system_checks = []  # noqa: RUF012 Django's own form; each process of the Procfile checks

    def handle(self, *args: Any, **options: Any) -> None:
        raise SystemExit(serve())
