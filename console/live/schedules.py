"""The list of schedules, as it lives; its one key is `all`."""

from collections.abc import Collection, Mapping
from functools import partial

from django.template.loader import render_to_string

from console.live.picture import Picture
from console.schedule_rows import Row, Schedules, all_rows


def read(keys: Collection[str]) -> Mapping[str, Picture]:
    if "all" not in keys:
        return {}
    schedules = all_rows()
    facts = tuple(map(_facts, schedules.rows)), schedules.is_kept
    return {"all": Picture(render=partial(_regions, schedules), fingerprint=facts)}


def _facts(row: Row) -> tuple[object, ...]:
    state = row.run and (row.run.state, row.run.wish, row.run.awaits, row.run.failures)
    return (
        row.schedule.pk,
        row.schedule.date_changed,
        row.entry.enabled,
        row.entry.next_slot,
        row.strip,
        state,
    )


def _regions(schedules: Schedules) -> Mapping[str, str]:
    context = {"schedules": schedules}
    return {
        "beat": render_to_string("console/schedule_beat.html", context),
        "schedules": render_to_string("console/schedule_rows.html", {"rows": schedules.rows}),
    }
