"""Workers die while a run waits for those below it, and while these run: nothing is lost or counted twice."""

import random
import time
from pathlib import Path

from jobs.models.run import Run
from jobs.services.files import process_file
from tasks.files import process_file as process_file_task
from tests.faults.conftest import FULL
from tests.faults.fleet import Count, Fleet, all_ended
from tests.faults.report import Report

KILLS, PARTS, LINES = (10, 6, 1_500_000) if FULL else (1, 3, 300_000)


def test_a_file_in_parts_is_counted_once_whoever_dies(fleet: Fleet, report: Report, tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_bytes(b"".join(b"line %d of many\n" % number for number in range(LINES)))
    chance = random.Random(7)
    run = Run.objects.get(pk=process_file_task.delay(path=str(path), workers=PARTS).id)

    for _ in range(KILLS):
        worker = fleet.started()
        time.sleep(chance.uniform(0.1, 0.8))
        fleet.kill(worker)
    fleet.started()
    has_ended = all_ended(within=60)

    run.refresh_from_db()
    parts = Run.objects.filter(parent=run)
    lines = run.result["lines"] if run.result else 0
    report.add(
        f"a run with {PARTS} below it, its worker killed {KILLS} times",
        KILLS,
        Count(runs=1 + parts.count(), effects=lines, lost=LINES - lines, stuck=int(not has_ended)),
        note="effects are lines",
    )
    assert (run.state, run.error, parts.count()) == ("succeeded", "", PARTS)
    assert run.result == vars(process_file(path))
