"""How fast the console answers with millions of runs; sets Django up before any model is imported."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
