"""The addresses of the API: without a slash at the end, as programs write them."""

from django.urls import path, re_path

from console.api import jobs, runs
from console.api.endpoint import nowhere

urlpatterns = [
    path("jobs", jobs.list_jobs, name="api-jobs"),
    path("jobs/<str:name>/runs", jobs.create_run, name="api-job-runs"),
    path("runs/<uuid:pk>", runs.show_run, name="api-run"),
    path("runs/<uuid:pk>/cancellation", runs.cancel_run, name="api-cancellation"),
    path("runs/<uuid:pk>/artifacts/<str:name>", runs.show_artifact, name="api-artifact"),
    path("openapi.json", jobs.describe, name="api-document"),
    re_path("^(?P<path>.*)$", nowhere, name="api-nowhere"),
]
