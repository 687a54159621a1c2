"""kill -9 of the whole worker in the middle of an import, again and again: each row is there once."""

import random
from pathlib import Path

from django.db import connection

from jobs.models.product import Product
from jobs.models.run import Run
from jobs.models.state import State
from tasks.products import import_products
from tests.faults.conftest import FULL
from tests.faults.fleet import LEASE, Count, Fleet
from tests.faults.report import Report
from tests.nodes.waiting import ended, wait_until

ROWS, KILLS = (1_000_000, 10) if FULL else (60_000, 2)


def test_an_import_that_is_killed_again_and_again_is_whole(
    fleet: Fleet, report: Report, tmp_path: Path
) -> None:
    moments = random.Random(1)
    path = tmp_path / "products.csv"
    path.write_text("sku,name,price\n" + "".join(f"S{n:07},Product {n},{n % 90}.50\n" for n in range(ROWS)))
    run = import_products.delay(path=str(path), batch_size=2_000)

    for kill in range(1, KILLS + 1):
        worker = fleet.started()
        wait_until(lambda kill=kill: under_way(run.id, kill), within=10 * LEASE, about=f"attempt {kill}")
        share = moments.uniform(0, 0.3)
        wait_until(lambda share=share: further(run.id, share), within=60)
        fleet.kill(worker)
    fleet.started()
    over = ended(run.id, within=120)

    assert (over.state, over.error, over.attempt) == (State.SUCCEEDED, "", KILLS + 1)
    count = Count(runs=1, effects=Product.objects.count(), doubled=ROWS - distinct())
    count.lost = ROWS - count.effects
    report.add(
        f"import of {ROWS:,} rows, worker killed {KILLS} times",
        KILLS,
        count,
        f"created {over.result['created']:,}",
    )
    assert over.result["created"] == over.result["read"] == ROWS
    assert count.is_clean, count


def under_way(pk: str, attempt: int) -> bool:
    """That attempt has got further than the last."""
    run = Run.objects.get(pk=pk)
    return run.attempt == attempt and run.crashes == 0 and run.cursor is not None


def further(pk: str, share: float) -> bool:
    """So much of the present step is done, or all is."""
    run = Run.objects.get(pk=pk)
    return run.is_final or (run.percent or 0) >= 100 * share


def distinct() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT sku) FROM jobs_product WHERE name = 'Product ' || substr(sku, 2)::int"
        )
        (found,) = cursor.fetchone()
    return int(found)
