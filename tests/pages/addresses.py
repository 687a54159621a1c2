"""An address of each page that there is, with something to see on it."""

from django.contrib.auth.models import User
from django.urls import URLPattern, get_resolver, reverse

from jobs.figures import keep_up
from jobs.models import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun
from tests.pages.schedule_addresses import schedule_addresses

# What is no page for people: changes are posts, and these are read by programs or are files.
NO_PAGES = {"health-live", "health-ready", "attempt-log", "run-artifact", "schedule-times"}
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
        "job without parameters": reverse("job", args=["check_health"]),
        **schedule_addresses(),
        "runs": reverse("runs"),
        "queues": reverse("queues"),
        "runs none": f"{reverse('runs')}?state=failed&job=greet",
    }


def page_names() -> set[str]:
    """Of the console's addresses those that a person can look at."""
    patterns = [each for each in get_resolver("console.urls").url_patterns if isinstance(each, URLPattern)]
    return {str(each.name) for each in patterns if _is_page(each)} - NO_PAGES


def _is_page(pattern: URLPattern) -> bool:
    return not hasattr(pattern.callback, "permission") and pattern.name not in ("logout", "theme")
