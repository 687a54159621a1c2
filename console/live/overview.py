"""The overview, as it lives; what runs changes faster than the rest, and is read apart from it."""

from collections.abc import Collection, Mapping
from functools import partial

from django.template.loader import render_to_string

from console.chart import RANGES
from console.live.picture import Picture
from console.overview import RUNNING_SHOWN, Overview, overview
from console.running import Running, running_runs


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    """A key is the number of days that the charts show."""
    asked = [int(key) for key in keys if key in map(str, RANGES)]
    if not asked:
        return {}
    found = overview(max(asked))
    offers = frozenset({"seen"} if found.attention.failures else ())
    return {
        str(days): Picture(
            render=partial(_regions, found, days), fingerprint=_fingerprint(found, days), offers=offers
        )
        for days in asked
    }


def read_running(keys: Collection[str]) -> Mapping[str, Picture]:
    """There is one key, `all`."""
    if "all" not in keys:
        return {}
    running = running_runs()
    fingerprint = tuple(map(_looks, running))
    return {"all": Picture(render=partial(_running, running), fingerprint=fingerprint)}


def _regions(found: Overview, days: int) -> Mapping[str, str]:
    context = {"page": found, "charts": found.charts(days)}
    names = ("attention", "tiles", "planned", "charts")
    return {name: render_to_string(f"console/overview_{name}.html", context) for name in names}


def _running(running: list[Running]) -> Mapping[str, str]:
    context = {"running": running, "shown": running[:RUNNING_SHOWN]}
    return {"running": render_to_string("console/overview_running.html", context)}


def _fingerprint(found: Overview, days: int) -> tuple[object, ...]:
    """Without how long ago things were: those times tick by themselves."""
    figures = tuple((day.day, day.ended, day.failed, day.p95) for day in found.days[-days:])
    return tuple(found.attention.concerns), len(found.running), found.waiting, tuple(found.planned), figures


def _looks(each: Running) -> tuple[object, ...]:
    run = each.run
    return run.pk, run.wish, run.done, run.total, run.message, str(each.pace)
