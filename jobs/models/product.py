"""A product of the shop, known by its SKU."""

from django.db import models
from django.db.models.functions import Now


class Product(models.Model):
    # Collation C: imports load in SKU order, and bytes compare three times as fast as a language's letters.
    sku = models.CharField(max_length=64, db_collation="C")
    name = models.CharField(max_length=255)
    category = models.CharField(max_length=120, blank=True, db_default="")
    department = models.CharField(max_length=120, blank=True, db_default="")
    brand = models.CharField(max_length=120, blank=True, db_default="")
    package_size = models.CharField(max_length=120, blank=True, db_default="")
    price = models.DecimalField(max_digits=12, decimal_places=2)
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        # Not unique=True on the field, which would bring a second index for LIKE.
        constraints = (models.UniqueConstraint(fields=["sku"], name="product_sku"),)
        ordering = ("sku",)

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"
