"""Sets Django up on a database of the benchmark's own, before any of its modules can import a model."""

import os
from datetime import date

import django
from django.conf import settings

DATABASE = "benchmark_daily_stats"
# In the middle of the orders, and over the end of a month.
SINCE, UNTIL = date(2026, 3, 16), date(2026, 4, 14)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
SERVED = settings.DATABASES["default"]["NAME"]
settings.DATABASES["default"]["NAME"] = DATABASE
django.setup()
