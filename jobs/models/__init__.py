"""The record (Run, Attempt, Artifact, Slot, Heartbeat) and the domain, one noun a file."""

from jobs.models.acknowledgement import Acknowledgement
from jobs.models.artifact import Artifact
from jobs.models.attempt import Attempt
from jobs.models.audit_log import AuditLog
from jobs.models.auth_token import AuthToken
from jobs.models.daily_stat import DailyStat
from jobs.models.day_figures import DayFigures
from jobs.models.heartbeat import Heartbeat
from jobs.models.notification import Notification
from jobs.models.order import Order
from jobs.models.preset import Preset
from jobs.models.product import Product
from jobs.models.queue import Queue
from jobs.models.run import Run
from jobs.models.sent_form import SentForm
from jobs.models.slot import Slot
from jobs.models.temp_file import TempFile

__all__ = [
    "Acknowledgement",
    "Artifact",
    "Attempt",
    "AuditLog",
    "AuthToken",
    "DailyStat",
    "DayFigures",
    "Heartbeat",
    "Notification",
    "Order",
    "Preset",
    "Product",
    "Queue",
    "Run",
    "SentForm",
    "Slot",
    "TempFile",
]
