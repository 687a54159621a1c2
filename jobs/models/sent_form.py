"""Which forms were sent: one that is sent twice does its work once."""

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

KEPT = timedelta(days=1)


class SentFormQuerySet(models.QuerySet["SentForm"]):
    def delete_old(self) -> None:
        self.filter(at__lt=Now() - KEPT).delete()


class SentForm(models.Model):
    """Written in the transaction of what it asks for, so that of two at once the second waits for the first.

    `leads_to` is the address to which the first was led.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    leads_to = models.TextField(blank=True)
    at = models.DateTimeField(db_default=Now())

    objects = SentFormQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.digest[:8]} leads to {self.leads_to}"
