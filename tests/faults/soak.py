"""`make soak HOURS=n`: chaos with one seed after the other; it ends with the first that is not clean."""

import os
import subprocess
import sys
import time

COMMAND = [sys.executable, "-m", "pytest", "tests/faults/test_chaos.py", "--quiet", "--no-header"]


def main(hours: float) -> int:
    """The exit status of the last seed; what failed stands above it."""
    until = time.monotonic() + hours * 3600
    seed = int(time.time())
    while time.monotonic() < until:
        seed += 1
        print(f"seed {seed}", flush=True)
        faults = {"FAULT_SEEDS": str(seed), "FAULT_COUNT": "200"}
        if status := subprocess.run(COMMAND, env={**os.environ, **faults}, check=False).returncode:
            print(f"Seen again with: FAULT_SEEDS={seed} FAULT_COUNT=200 {' '.join(COMMAND[1:4])}")
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
