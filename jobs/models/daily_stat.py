"""The orders of one day, added up."""

from django.db import models
from django.db.models.functions import Now


class DailyStat(models.Model):
    """The day is that of the service's time zone; a day without orders has zeros."""

    day = models.DateField(primary_key=True)
    orders = models.PositiveIntegerField(default=0)
    customers = models.PositiveIntegerField(default=0)
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return self.day.isoformat()
