"""A file that is wanted for a while only."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class TempFile(models.Model):
    """`name` is the path below `settings.TEMP_FILES`."""

    name = models.CharField(max_length=255, unique=True)
    size = models.BigIntegerField(db_default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = (models.Index(fields=["created_at", "id"], name="temp_file_created"),)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.TEMP_FILES) / self.name
