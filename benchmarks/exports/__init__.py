"""Sets Django up on a database of the benchmark's own, before any of its modules can import a model."""

import os

import django
from django.conf import settings

DATABASE = "benchmark_export"
CATEGORIES = 10  # a tenth of the rows is one category: what the slow ones export

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
SERVED = settings.DATABASES["default"]["NAME"]
settings.DATABASES["default"]["NAME"] = DATABASE
django.setup()
