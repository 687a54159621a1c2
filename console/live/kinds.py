"""What a page can watch: `KIND:KEY`, with the function that reads all watched keys of the kind at once."""

from collections.abc import Mapping

from console.live import queues, run, schedules
from console.live.picture import Read

KINDS: Mapping[str, Read] = {
    "run": run.read,
    "queues": queues.read,
    "schedules": schedules.read,
}
