#!/usr/bin/env python
"""The command line of the service: `manage.py help` lists the jobs."""

import os
import sys

from project.commandline import CommandLine

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    CommandLine(sys.argv).execute()
