"""Words that the field of the list offers while one types."""

from django.contrib.auth.models import User

from console.filter_words import Token
from console.run_filter import Filter
from console.run_words import KINDS, OF_PARAMETER, WORDS
from console.visible import jobs_seen_by
from jobs import catalog
from jobs.models.run import Origin
from jobs.models.state import State

PEOPLE = 50


def suggestions(asked: Filter, user: User) -> list[str]:
    """Whole words, and of a parameter the name; those of the chosen job's parameters come first."""
    people = User.objects.filter(is_active=True).order_by("username").values_list("username", flat=True)
    values = {
        "state": State.values,
        "job": [job.name for job in jobs_seen_by(user)],
        "is": list(KINDS),
        "by": ["me", *people[:PEOPLE]],
        "since": ["today", "yesterday", "1h", "7d"],
        "origin": Origin.values,
        "queue": catalog.QUEUES,
    }
    words = [str(Token(key=key, value=value)) for key, known in values.items() for value in known]
    return [*_parameters(asked), *words, "error:", "until:", "schedule:", "id:", "parent:"]


def _parameters(asked: Filter) -> list[str]:
    chosen = [catalog.JOBS[name] for name in asked.values("job") if name in catalog.JOBS]
    names = dict.fromkeys(name for job in chosen or catalog.JOBS.values() for name in job.parameters.by_name)
    return [f"{OF_PARAMETER if name in WORDS or name == 'by' else ''}{name}:" for name in names]
