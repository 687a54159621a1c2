"""One round of Celery as it comes: `python -m benchmarks.throughput.measure_bare --tasks N`."""

from benchmarks.throughput.bare import nothing
from benchmarks.throughput.measurement import Contestant, main

if __name__ == "__main__":
    main(
        Contestant(
            worker=["-A", "benchmarks.throughput.bare", "worker", "--concurrency", "2"], send=nothing.delay
        )
    )
