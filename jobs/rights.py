"""The permissions and the groups, as rows of Django's: made and put in order after each migration.

To Run belong `run_<job>` for each job, and `view_<job>` for each private one.
"""

from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db.models import Q

from jobs.access import to_run, to_view
from jobs.catalog import JOBS

GROUPS = {
    "Operators": ("add_run", "cancel_run", "pause_run", "retry_run"),
    "Planners": ("edit_schedules", "pause_queues"),
    "Approvers": ("approve_run",),
}
OF_NO_JOB = "view_run"  # Django's own, which begins like those of private jobs


def after_migrate(app_config: AppConfig, apps: Apps, **facts: Any) -> None:
    """`apps` are the models as they are there in the history, which may be before ours or Django's."""
    try:
        permissions: Any = apps.get_model("auth", "Permission").objects
        groups: Any = apps.get_model("auth", "Group").objects
        types: Any = apps.get_model("contenttypes", "ContentType").objects
        apps.get_model("jobs", "Run")
    except LookupError:
        return
    is_new = not permissions.filter(content_type__app_label="jobs", codename="approve_run").exists()
    create_permissions(app_config, apps=apps, **facts)
    run = types.get(app_label="jobs", model="run")
    _put_in_order(permissions.filter(content_type=run), run)
    is_there = permissions.filter(content_type__app_label="jobs", codename="approve_run").exists()
    if is_new and is_there:  # Once: what people make of them, or that they delete one, is theirs to say
        _seed(permissions, groups)


def wanted() -> dict[str, str]:
    """The name of each permission that belongs to a job, by its codename."""
    of_all = {to_run(job.name): f"Can start {job.title}" for job in JOBS.values()}
    return of_all | {to_view(job.name): f"Can see {job.title}" for job in JOBS.values() if job.private}


def _put_in_order(permissions: Any, run: Any) -> None:
    """Those that remain keep their rows, and so whoever was given them keeps them."""
    names = wanted()
    of_jobs = Q(codename__startswith=to_run("")) | Q(codename__startswith=to_view(""))
    here = permissions.filter(of_jobs).exclude(codename=OF_NO_JOB)
    here.exclude(codename__in=names).delete()
    there = set(here.values_list("codename", flat=True))
    made = [
        permissions.model(content_type=run, codename=each, name=names[each]) for each in names.keys() - there
    ]
    permissions.bulk_create(made, ignore_conflicts=True)


def _seed(permissions: Any, groups: Any) -> None:
    for name, codenames in GROUPS.items():
        group, is_made = groups.get_or_create(name=name)
        if is_made:
            group.permissions.set(permissions.filter(content_type__app_label="jobs", codename__in=codenames))
