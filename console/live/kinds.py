"""What a page can watch: `KIND:KEY`, with the function that reads all watched keys of the kind at once."""

from collections.abc import Mapping

from console.live import jobs, overview, queues, run, schedules
from console.live.picture import Read

KINDS: Mapping[str, Read] = {
    "jobs": jobs.read,
    "overview": overview.read,
    "run": run.read,
    "queues": queues.read,
    "schedules": schedules.read,
    "running": overview.read_running,
}
