"""No stream tells of a private job whom it is hidden from."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from console.live.kinds import GUARDS, KINDS
from console.live.picture import Picture
from jobs.models import Run
from jobs.models.run_search import first_key
from tests.console.private.conftest import JOB, words


def test_no_live_picture_that_all_share_names_it(
    as_operator: Client, operator: User, busy: list[Run]
) -> None:
    long_ago, rows = first_key(timezone.now() - timedelta(days=1)).hex, ",".join(run.pk.hex for run in busy)
    keys = {
        **{"jobs": {"all"}, "queues": {"all"}, "schedules": {"all"}, "running": {"all"}},
        **{"overview": {"7", "30", "90"}, "runs": {f"{long_ago}/{rows}", f"{long_ago},{JOB}/{rows}"}},
        "run": set(map(str, Run.objects.values_list("pk", flat=True))),
        "job": {JOB, "greet"},
    }
    assert keys.keys() == KINDS.keys()

    seen = {
        (kind, key): picture
        for kind, read in KINDS.items()
        for key, picture in read(keys[kind]).items()
        if kind not in GUARDS or GUARDS[kind](operator, key)
    }

    assert len(seen) > len(KINDS)
    assert seen.keys().isdisjoint([("job", JOB), *(("run", str(run.pk)) for run in busy)])
    assert [
        (name, word) for name, picture in seen.items() for word in words(busy) if word in told(picture)
    ] == []


def told(picture: Picture) -> str:
    """All that a page is sent of it."""
    return str([picture.render(), picture.offers, picture.lines])
