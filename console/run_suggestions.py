"""Words that the field of the list offers while one types."""

from collections.abc import Mapping

from django.contrib.auth.models import User

from console.filter_words import Token
from console.run_filter import Filter
from console.run_words import KINDS, OF_PARAMETER, OF_USER, WORDS
from console.visible import jobs_seen_by
from jobs import catalog
from jobs.job import Job
from jobs.models.run import Origin
from jobs.models.state import State

PEOPLE = 50


def suggestions(asked: Filter, user: User) -> list[str]:
    """Whole words, and of a parameter the name; those of the chosen job's parameters come first."""
    people = User.objects.filter(is_active=True).order_by("username").values_list("username", flat=True)
    seen = {job.name: job for job in jobs_seen_by(user)}
    values = {
        "state": State.values,
        "job": list(seen),
        "is": list(KINDS),
        "by": ["me", *people[:PEOPLE]],
        "since": ["today", "yesterday", "1h", "7d"],
        "origin": Origin.values,
        "queue": catalog.QUEUES,
    }
    words = [str(Token(key=key, value=value)) for key, known in values.items() for value in known]
    return [*_parameters(asked, seen), *words, "error:", "until:", "schedule:", "id:", "parent:"]


def _parameters(asked: Filter, seen: Mapping[str, Job]) -> list[str]:
    chosen = [seen[name] for name in asked.values("job") if name in seen]
    names = dict.fromkeys(name for job in chosen or seen.values() for name in job.parameters.by_name)
    return [f"{OF_PARAMETER if name in {*WORDS, *OF_USER} else ''}{name}:" for name in names]
