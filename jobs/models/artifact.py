"""A file that a run made."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from jobs.models.run import Run


class Artifact(models.Model):
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="artifacts")
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = (models.UniqueConstraint(fields=["run", "name"], name="artifact_once"),)
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return directory_of(self.run_id) / self.name

    def found(self) -> Path | None:
        """Where it lies, if it is there, and nowhere else than among the files of its run."""
        path = self.path.resolve()
        is_inside = path.is_relative_to(directory_of(self.run_id).resolve())
        return path if is_inside and path.is_file() else None


def directory_of(run_id: object) -> Path:
    """Where a run's files lie; nothing else does."""
    return Path(settings.ARTIFACTS) / str(run_id)
