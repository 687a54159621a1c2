"""An address of each page that there is, with something to see on it."""

from django.contrib.auth.models import Group, User
from django.urls import URLPattern, get_resolver, reverse

from console.views.job import TABS
from jobs import audit
from jobs.figures import keep_up
from jobs.models import AuthToken, Preset, Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.pages.schedule_addresses import schedule_addresses

# What is no page for people: changes are posts, and these are read by programs or are files.
NO_PAGES = {
    *("health-live", "health-ready", "attempt-log", "run-artifact", "schedule-times", "audit-export"),
    *("job-rows", "runs-export"),
}
TRACE = """Traceback (most recent call last):
  File "/srv/jobs/services/greetings.py", line 12, in greet
    raise ValueError("It broke")
ValueError: It broke
"""


def addresses(make_run: MakeRun, boss: User) -> dict[str, str]:
    """By a name that says what is seen; the first word is the one of the URL table."""
    runs = {
        f"run {state}": make_run(state, job="import_products", started_by=boss, done=40, total=100)
        for state in State
    }
    runs["run failed"].attempts.update(
        outcome="failed", error_message="It broke", traceback=TRACE, log="one\ntwo"
    )
    Preset.objects.create(job="import_products", name="Small batches", owner=boss)
    Run.objects.filter(state=State.FAILED).update(error="It broke")
    Run.objects.filter(state=State.SUCCEEDED).update(
        result={"created": 40, "updated": 0}, parameters={"path": "products.csv", "dry_run": True}
    )
    keep_up()  # so that there is a day to be drawn
    pages = {name: reverse("run", args=[run.pk]) for name, run in runs.items()}
    return {
        **pages,
        "overview": reverse("overview"),
        "jobs": reverse("jobs"),
        "job with a file": reverse("job", args=["import_products"]),
        "job wrongly filled in": f"{reverse('job', args=['import_products'])}?batch_size=x&wole=1",
        "job with choices": reverse("job", args=["export_products"]),
        "job with a row": reverse("job", args=["compute_user_stats"]),
        **{f"job {tab}": f"{reverse('job', args=['import_products'])}?tab={tab}" for tab in TABS},
        "job without parameters": reverse("job", args=["check_health"]),
        **schedule_addresses(),
        "runs": reverse("runs"),
        "queues": reverse("queues"),
        **_of_people(boss),
        "runs wrong": f"{reverse('runs')}?q=stat:failed",
        "runs none": f"{reverse('runs')}?q=state:failed+job:greet",
    }


def _of_people(boss: User) -> dict[str, str]:
    ada = User.objects.create_user("ada", first_name="Ada", email="ada@example.org")
    ada.groups.set(Group.objects.filter(name="Operators"))
    AuthToken.objects.create(user=boss, name="report of the shop", digest="x")
    parameters = {"name": "merge_categories", "old": "Breads", "new": "Bakery"}
    waiting = Run.objects.create(job="migrate_data", awaits="person", started_by=ada, parameters=parameters)
    said = {"reason": "One shelf", "counted": "7 changed"}
    audit.write("confirmed", waiting.pk, user=ada, job="migrate_data", **said)
    cron = {"before": {"cron": "0 2 * * *"}, "after": {"cron": "0 3 * * *"}}
    audit.write("edited schedule", "nightly", user=boss, address="2001:db8::17", **cron)
    return {
        "run that waits for an approval": reverse("run", args=[waiting.pk]),
        "job that is risky": reverse("job", args=["bulk_update_prices"]),
        "audit": reverse("audit"),
        "audit none": f"{reverse('audit')}?person=nobody",
        "people": reverse("people"),
        "person": reverse("person", args=[ada.pk]),
        "account": reverse("account"),
        "account-password": reverse("account-password"),
    }


def page_names() -> set[str]:
    """Of the console's addresses those that a person can look at."""
    patterns = [each for each in get_resolver("console.urls").url_patterns if isinstance(each, URLPattern)]
    return {str(each.name) for each in patterns if _is_page(each)} - NO_PAGES


def _is_page(pattern: URLPattern) -> bool:
    return not hasattr(pattern.callback, "permission") and pattern.name not in ("logout", "theme")
