"""An order of the shop, known by its number."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class OrderState(models.TextChoices):
    PENDING = "pending"
    PROCESSED = "processed"


class Order(models.Model):
    """`lines` counts the order's lines; `customer` is the customer's number or name at the shop."""

    # Collation C, as for products: keys are compared as bytes.
    number = models.CharField(max_length=64, db_collation="C")
    customer = models.CharField(max_length=64, db_collation="C")
    store = models.CharField(max_length=64, blank=True, db_default="")
    placed_at = models.DateTimeField()
    lines = models.PositiveIntegerField(db_default=0)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    tags = ArrayField(models.CharField(max_length=40), db_default=[], blank=True)
    state = models.CharField(max_length=16, choices=OrderState.choices, db_default=OrderState.PENDING)
    processed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["number"], name="order_number"),)
        indexes = (
            models.Index(fields=["placed_at"], name="order_placed"),
            models.Index(fields=["customer", "placed_at"], name="order_customer"),
            models.Index(fields=["id"], name="order_pending", condition=Q(state="pending")),
        )
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number
