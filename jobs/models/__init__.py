"""The record (Run, Attempt, Artifact, Slot, Heartbeat) and the domain, one noun a file."""

from jobs.models.artifact import Artifact
from jobs.models.attempt import Attempt
from jobs.models.heartbeat import Heartbeat
from jobs.models.product import Product
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.slot import Slot

__all__ = ["Artifact", "Attempt", "Heartbeat", "Product", "Queue", "Run", "Slot"]
