"""By what runs are found.

No index holds the state: each change of it would then write every index anew. Those that hold what somebody
may look for end with the key, in the order of the list, and leave out what most runs have: a run of the
default queue that code has started, without parameters, pays for none of them.
"""

from django.contrib.postgres.indexes import GinIndex
from django.db.models import Index, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThan

from jobs.models.state import State

# How few runs end; who looks for these would find them behind all that succeeded.
RARE = (State.FAILED, State.CANCELLED)

# Not error <> '': the planner would multiply how few runs have an error with how few have that one, and take
# a text that most errors hold for a rare one.
HAS_ERROR = GreaterThan(Length("error"), 0)

WENT_WRONG = Q(finished_at__isnull=False) & ~Q(error="")

INDEXES = (
    Index(fields=["queue", "publish_after"], name="run_unfinished", condition=Q(finished_at=None)),
    Index(fields=["id"], name="run_awaits", condition=~Q(awaits="")),
    Index(fields=["finished_at"], name="run_finished", condition=Q(finished_at__isnull=False)),
    # Read between two of its keys too (console/job_list.py): its columns have to run one way for that.
    Index(fields=["job", "id"], name="run_job"),
    Index(fields=["parent"], name="run_parent", condition=Q(parent__isnull=False)),
    Index(fields=["started_by", "-id"], name="run_started_by", condition=Q(started_by__isnull=False)),
    Index(fields=["ended", "-id"], name="run_ended", condition=Q(ended__in=RARE)),
    Index(fields=["job", "ended", "-id"], name="run_job_ended", condition=Q(ended__in=RARE)),
    Index(fields=["queue", "-id"], name="run_queue", condition=~Q(queue="default")),
    Index(fields=["origin", "-id"], name="run_origin", condition=~Q(origin="code")),
    Index(fields=["schedule", "-id"], name="run_schedule", condition=~Q(schedule="")),
    # A claim leaves an empty error empty, so it writes this one no more than the others.
    Index(
        fields=["finished_at"], name="run_went_wrong", condition=Q(finished_at__isnull=False) & ~Q(error="")
    ),
    GinIndex(fields=["labels"], name="run_labels", condition=Q(labels__isnull=False)),
    GinIndex(fields=["error"], name="run_error", opclasses=["gin_trgm_ops"], condition=Q(HAS_ERROR)),
)
