"""A caller that dies while it enqueues: forked anew for each line it reads, `point items`, from its input.

It answers each line with the id of the run that the caller was told of, or with `-`.
"""

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import django

POINTS = ("after_insert_before_commit", "after_commit_before_publish", "after_publish")


def main() -> None:
    django.setup()
    from django.db import transaction  # noqa: PLC0415

    from tests.faults.jobs import have_effects_task  # noqa: PLC0415 it needs Django set up

    for line in sys.stdin:
        point, items = line.split()
        told, tell = os.pipe()
        if (child := os.fork()) == 0:
            die_at(point)
            with transaction.atomic() if point == POINTS[0] else nullcontext():
                result = have_effects_task.delay(items=int(items))
            os.write(tell, result.id.encode())
            os._exit(0)
        os.close(tell)
        os.waitpid(child, 0)
        print(os.read(told, 100).decode() or "-", flush=True)
        os.close(told)


def die_at(point: str) -> None:
    from django.db import connection  # noqa: PLC0415

    from tasks import dispatch  # noqa: PLC0415
    from tests.faults.crashing import die  # noqa: PLC0415

    def before(plain: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **options: die()

    def after(plain: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *args, **options: (plain(*args, **options), die())

    if point == "after_insert_before_commit":
        connection._commit = before(connection._commit)  # type: ignore[attr-defined]
    elif point == "after_commit_before_publish":
        dispatch.publish = before(dispatch.publish)
    else:
        dispatch.publish = after(dispatch.publish)


if __name__ == "__main__":
    main()
