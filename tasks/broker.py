"""Whether the broker answers, and how fast."""

import time
from datetime import timedelta

from celery import current_app

from jobs.catalog import QUEUES
from jobs.services.diagnosis import Finding, duration_words, failure, good

TIMEOUT = 2  # seconds


def ask_broker() -> Finding:
    """Without its address: the sentence is shown to anybody who asks for the health page."""
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=0, timeout=TIMEOUT)
            channel = broker.default_channel
            began = time.perf_counter()
            # Declaring a queue that is there changes nothing, and answers how many messages it holds.
            declared = [channel.queue_declare(name) for name in QUEUES]
            took = timedelta(seconds=time.perf_counter() - began)
    except Exception:  # each transport raises errors of its own, and all of them mean the same here
        return failure("no answer", "The broker does not answer: start Valkey, or correct BROKER_URL.")
    messages = sum(each.message_count for each in declared)
    return good(f"answers in {duration_words(took)}; {messages:,} messages in its queues")
