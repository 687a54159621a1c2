"""What is asked for: every page of the URL table, and the searches of the list of runs."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from jobs import catalog
from jobs.models.run import Run

NO_PAGES = (
    "live",
    "login",
    "logout",
    "theme",
    "health-live",
    "health-ready",
    "runs-export",
    "attempt-log",
    "run-artifact",
)
SEARCHES = (
    *("state:failed", "state:cancelled", "state:running", "state:queued", "state:succeeded", "is:active"),
    *(
        "job:greet",
        "job:nightly",
        "job:greet state:failed",
        "job:nightly state:failed",
        "state:failed,cancelled",
    ),
    *("queue:bulk", "queue:rare", "queue:default", "origin:schedule", "origin:api", "origin:code"),
    *('schedule:"plan 44"', "by:person-3", "by:person-0", "by:person-3 state:failed", "is:preview"),
    *('name:"customer 3000007"', 'name:"customer 7"', "path:products-3000006.csv", 'category:"CATEGORY 44"'),
    *("times:1", "dry_run:false", "job:import_products dry_run:true", 'category:"CATEGORY 44" state:failed'),
    *(
        "error:timeout",
        'error:"has no price"',
        'error:"answer to 12"',
        "error:nowhere",
        "error:timeout job:greet",
    ),
    *("since:today", "since:30d until:29d", "since:30d until:29d state:failed", "since:60d queue:rare"),
)


def addresses(client: Client) -> Mapping[str, list[str]]:
    """Of each page some addresses that answer with a page."""
    found = {name: [each for each in made if _is_page(client, each)] for name, made in _made()}
    rows = Run.objects.latest_first().values_list("pk", flat=True)[:10_000:199]
    deep = [f"{reverse('runs')}?before={key}" for key in rows]
    return {name: made for name, made in {**found, "runs, some pages down": deep}.items() if made}


def _made() -> Iterator[tuple[str, list[str]]]:
    for pattern in _patterns(get_resolver("console.urls")):
        if pattern.name and pattern.name not in NO_PAGES and not hasattr(pattern.callback, "permission"):
            yield pattern.name, list(_of(pattern))


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        yield from _patterns(each) if isinstance(each, URLResolver) else (each,)


def _of(pattern: URLPattern) -> Iterator[str]:
    names = list(pattern.pattern.converters)
    for values in zip(*(_values(pattern, name) for name in names), strict=False) if names else ((),):
        try:
            yield reverse(str(pattern.name), args=values)
        except NoReverseMatch:
            return


def _values(pattern: URLPattern, name: str) -> list[Any]:
    converter = type(pattern.pattern.converters[name]).__name__
    if converter == "UUIDConverter":
        runs = Run.objects.latest_first().values_list("pk", flat=True)
        return [*runs[:20], *runs.filter(ended="failed")[:20], *runs.filter(parent=None)[100_000:100_020]]
    if converter == "IntConverter":
        return [*range(1, 41)]
    return list(catalog.QUEUES) if str(pattern.name).startswith("queue") else list(catalog.JOBS)


def _is_page(client: Client, address: str) -> bool:
    answer = client.get(address)
    return answer.status_code == 200 and "text/html" in answer["Content-Type"]
