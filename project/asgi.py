"""The door for the web server: an open page has its stream, all else comes from a bounded number of threads.

Below ASGI, Django gives each request a thread and a database connection of its own: five hundred open pages
would be five hundred connections. In threads that stay, the connections stay too.
"""

import os

from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

THREADS = 20

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
pages = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]  # its types are narrower
# By its name: it needs the applications, which are there only now.
application = import_string("console.live.door.Door")(pages)
