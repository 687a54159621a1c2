"""The list of jobs, as it lives: a region for each job, so that no more is sent than has changed."""

from collections.abc import Collection, Mapping
from functools import partial

from django.template.loader import render_to_string

from console.job_list import Listed, listed
from console.live.picture import Picture
from jobs import access


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    """There is one key, `all`."""
    if "all" not in keys:
        return {}
    private = access.private_jobs()
    jobs = [each for each in listed() if each.job.name not in private]
    fingerprint = tuple(each.fingerprint for each in jobs)
    return {"all": Picture(render=partial(_regions, jobs), fingerprint=fingerprint)}


def _regions(jobs: list[Listed]) -> Mapping[str, str]:
    return {f"job-{each.job.name}": render_to_string("console/job_row.html", {"row": each}) for each in jobs}
