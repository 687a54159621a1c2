from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"

    def ready(self) -> None:
        # The shared tasks of all rooms belong to this application from here on.
        from project import celery  # noqa: F401, PLC0415
