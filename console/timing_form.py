"""When a schedule is due: a cron line, its five fields, and a zone."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django_celery_beat.models import CrontabSchedule, PeriodicTask

from jobs.exceptions import did_you_mean
from tasks.coming import FAR, Outlook, next_slots, outlook, zone_of
from tasks.cron_line import FIELDS, cron_fields, fields_of, sketch, wrong_fields
from tasks.slots import Unreadable
from tasks.timetable import in_words

PREFIX = "when"
SHOWN = ("line", *FIELDS, "zone")
LABELS = {
    "minute": "Minute",
    "hour": "Hour",
    "day_of_month": "Day",
    "month_of_year": "Month",
    "day_of_week": "Weekday",
}
LENGTHS = {name: CrontabSchedule._meta.get_field(name).max_length for name in FIELDS}
NEVER = "Nothing is due in the next nine years: the day, the month and the weekday never come together"


class TimingForm(forms.Form):
    """The line and the fields say the same; of the two, the one that was changed since `line_was` holds."""

    line = forms.CharField(label="Cron line", required=False)
    line_was = forms.CharField(required=False, widget=forms.HiddenInput)
    zone = forms.CharField(widget=forms.TextInput(attrs={"list": "zones"}))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, schedule: PeriodicTask | None = None
    ) -> None:
        self.schedule = schedule
        # What the row says is judged as what was typed: it may be wrong too.
        typed = agreed(data) if data is not None else _prefixed(_texts(schedule))
        super().__init__(typed, prefix=PREFIX, label_suffix="")
        for name in FIELDS:
            self.fields[name] = forms.CharField(
                label=LABELS[name], required=False, max_length=LENGTHS[name], strip=True
            )
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        for name in SHOWN:
            # Its place is there before there is an error: the next times bring it while one types.
            self.fields[name].widget.attrs["aria-describedby"] = f"id_{PREFIX}-{name}_error"

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        if zone not in zones():
            near = did_you_mean(zone, zones())
            raise forms.ValidationError(
                f"There is no zone named {zone!r}{near or '; choose one of the list'}"
            )
        return zone

    def clean(self) -> None:
        texts = {name: self.cleaned_data.get(name, "") for name in FIELDS}
        line = self.cleaned_data.get("line", "")
        if self.errors.keys() - {"zone"}:
            return
        if line.split() != " ".join(texts.values()).split():
            self.add_error("line", _unlike(line))
        for name, sentence in wrong_fields(texts).items() if "line" not in self.errors else ():
            self.add_error(name, sentence)
        if not self.errors and not self._is_ever_due():
            self.add_error("line", NEVER)

    def outlook(self) -> Outlook:
        """The next times by what was typed, which is valid."""
        now = timezone.now()
        crontab = sketch(cron_fields(self.cleaned_data["line"]), self.cleaned_data["zone"])
        typed = PeriodicTask(enabled=True, crontab=crontab, date_changed=now)
        if self.schedule:
            typed.start_time, typed.expires = self.schedule.start_time, self.schedule.expires
        return outlook(typed, now)

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in SHOWN]

    @property
    def five(self) -> list[forms.BoundField]:
        return [self[name] for name in FIELDS]

    @property
    def words(self) -> str:
        return f"{in_words(self.cleaned_data['line'])} ({self.cleaned_data['zone']})"

    def _is_ever_due(self) -> bool:
        now, crontab = timezone.now(), sketch(cron_fields(self.cleaned_data["line"]))
        typed = PeriodicTask(enabled=True, crontab=crontab, date_changed=now)
        try:
            return bool(next_slots(typed, now, now + FAR))
        except Unreadable:
            return False  # Celery refuses the 31st of February itself.


@cache
def zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def zone_options() -> SafeString:
    """Those that a person would choose of, which have a place in their name."""
    names = sorted(name for name in zones() if "/" in name or name == "UTC")
    return format_html_join("", '<option value="{}"></option>', ((name,) for name in names))


def agreed(data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the fields taken from the line where that was changed, or the other way round."""
    texts = {
        name: " ".join(str(data.get(f"{PREFIX}-{name}") or "").split())
        for name in (*FIELDS, "line", "line_was")
    }
    parts = texts["line"].split()
    by_fields = " ".join(texts[name] for name in FIELDS)
    if texts["line"] in ("", texts["line_was"]):
        texts["line"] = by_fields
    elif by_fields == texts["line_was"] and len(parts) == len(FIELDS):
        texts |= dict(zip(FIELDS, parts, strict=True))
    texts["line_was"] = texts["line"]
    return _prefixed({**texts, "zone": data.get(f"{PREFIX}-zone")})


def _prefixed(texts: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{PREFIX}-{name}": text for name, text in texts.items()}


def _texts(schedule: PeriodicTask | None) -> dict[str, str]:
    row = schedule.crontab if schedule else None
    fields = fields_of(row) if row else cron_fields("0 3 * * *")
    line = " ".join(fields.values())
    zone = zone_of(schedule) if schedule else settings.TIME_ZONE
    return {**fields, "line": line, "line_was": line, "zone": zone}


def _unlike(line: str) -> str:
    found = len(line.split())
    if found != len(FIELDS):
        return f"A cron line has five fields, such as 30 3 * * *; this has {found}"
    return "The line and the fields say different times: change one of the two, not both"
