"""Ways of doing one thing, measured beside each other: each in a process of its own, by turns in every round.

Sets Django up, before any of its modules or of a benchmark's can import a model.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
