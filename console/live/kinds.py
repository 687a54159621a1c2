"""What a page can watch: `KIND:KEY`, with the function that reads all watched keys of the kind at once."""

from collections.abc import Callable, Mapping

from django.contrib.auth.models import AnonymousUser, User

from console.live import job, jobs, overview, queues, run, runs, schedules
from console.live.picture import Read
from jobs.access import may_see

KINDS: Mapping[str, Read] = {
    "job": job.read,
    "jobs": jobs.read,
    "overview": overview.read,
    "run": run.read,
    "runs": runs.read,
    "queues": queues.read,
    "schedules": schedules.read,
    "running": overview.read_running,
}
# Whether that person may see what has that key. A kind whose keys everybody may see has none.
GUARDS: Mapping[str, Callable[[User | AnonymousUser, str], bool]] = {
    "job": may_see,
    "run": run.is_visible_to,
}
