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

# The runs of each job named in `wanted`, in SQL: between two keys of run_job, and not `job = wanted.name`,
# since for a job with few runs or none the server would rather walk the keys of all.
OF_WANTED = """
    (job, id) >= (wanted.name, '00000000-0000-0000-0000-000000000000'::uuid)
    AND (job, id) <= (wanted.name, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
"""

INDEXES = (
    Index(fields=["queue", "publish_after"], name="run_unfinished", condition=Q(finished_at=None)),
    Index(fields=["id"], name="run_awaits", condition=~Q(awaits="")),
    Index(fields=["finished_at"], name="run_finished", condition=Q(finished_at__isnull=False)),
    # Its columns run one way, so that OF_WANTED can be read from it.
    Index(fields=["job", "id"], name="run_job"),
    Index(fields=["parent"], name="run_parent", condition=Q(parent__isnull=False)),
    Index(fields=["started_by", "-id"], name="run_started_by", condition=Q(started_by__isnull=False)),
    Index(fields=["ended", "-id"], name="run_ended", condition=Q(ended__in=RARE)),
    Index(fields=["job", "ended", "-id"], name="run_job_ended", condition=Q(ended__in=RARE)),
    Index(fields=["queue", "-id"], name="run_queue", condition=~Q(queue="default")),
    Index(fields=["origin", "-id"], name="run_origin", condition=~Q(origin="code")),
    Index(fields=["schedule", "-id"], name="run_schedule", condition=~Q(schedule="")),
    GinIndex(fields=["labels"], name="run_labels", condition=Q(labels__isnull=False)),
    GinIndex(fields=["error"], name="run_error", opclasses=["gin_trgm_ops"], condition=Q(HAS_ERROR)),
)
