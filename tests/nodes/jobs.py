"""Jobs that behave as no good job does, for the tests only: a worker takes them by `--include`."""

import logging
import os
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

from jobs.job import Job, Retry
from jobs.progress import Progress, silent
from tasks.base import JobTask, job_task

log = logging.getLogger("jobs.tests")

SHORT = timedelta(seconds=1)


def wait_for_gate(gate: str, *, progress: Progress = silent) -> str:
    """Pass a checkpoint every few milliseconds until the file is there; says the process it is in."""
    log.info("Waiting for %s", gate)
    progress.update(1, total=4, message=str(os.getpid()))
    while not Path(gate).exists():
        progress.update()
        time.sleep(0.02)
    progress.update(4)
    return "through"


def mark(path: str) -> int:
    """Write a line for each time it was called; says how many there are."""
    with Path(path).open("a") as file:
        file.write("called\n")
    return len(Path(path).read_text().splitlines())


def fail(sentence: str) -> None:
    """Raise an error that the job does not retry."""
    raise ValueError(sentence)


def lose_connection(path: str, times: int) -> int:
    """Raise an error that the job retries, for the first so many calls; then say how many there were."""
    if (calls := mark(path)) <= times:
        raise ConnectionError(f"the shop did not answer call {calls}")
    return calls


def lose_connection_for_long(path: str, times: int) -> int:
    """As lose_connection, with an hour until the next attempt."""
    return lose_connection(path, times)


def overrun(progress: Progress = silent) -> None:
    """Go on past the time limit."""
    while True:
        time.sleep(0.02)


def overrun_stubbornly(progress: Progress = silent) -> None:
    """Go on past the time limit, and past being told so."""
    progress.update(1, message=str(os.getpid()))
    while True:
        try:
            time.sleep(60)
        except Exception as error:
            log.warning("It goes on after %s", type(error).__name__)


def die() -> None:
    """End its own process, as one that is out of memory is ended."""
    os.kill(os.getpid(), signal.SIGKILL)


def start_a_process(path: str) -> None:
    """Start a process, write down its number, and hear of nothing more."""
    process = subprocess.Popen(["sleep", "600"])
    Path(path).write_text(str(process.pid))
    process.wait()


DIE = Job(function=die)
START_A_PROCESS = Job(function=start_a_process)
WAIT_FOR_GATE = Job(function=wait_for_gate)
MARK = Job(function=mark)
FAIL = Job(function=fail)
LOSE_CONNECTION = Job(
    function=lose_connection,
    retry=Retry(on=(ConnectionError,), attempts=3, delay=timedelta(milliseconds=200), jitter=0),
)
LOSE_CONNECTION_FOR_LONG = Job(
    function=lose_connection_for_long,
    retry=Retry(on=(ConnectionError,), attempts=3, delay=timedelta(hours=1), jitter=0),
)
OVERRUN = Job(function=overrun, time_limit=SHORT)
OVERRUN_STUBBORNLY = Job(function=overrun_stubbornly, time_limit=SHORT)


def _task(job: Job) -> JobTask:
    @job_task(job)
    def task(task: JobTask) -> None:
        task.perform()

    return task


die_task = _task(DIE)
start_a_process_task = _task(START_A_PROCESS)
wait_for_gate_task = _task(WAIT_FOR_GATE)
mark_task = _task(MARK)
fail_task = _task(FAIL)
lose_connection_task = _task(LOSE_CONNECTION)
lose_connection_for_long_task = _task(LOSE_CONNECTION_FOR_LONG)
overrun_task = _task(OVERRUN)
overrun_stubbornly_task = _task(OVERRUN_STUBBORNLY)
# The soft limit at once, the hard one soon: nobody waits half a minute for a test.
overrun_stubbornly_task.time_limit = 2 * SHORT.total_seconds()
