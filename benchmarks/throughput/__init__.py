"""How many tasks a second, and how soon: our service beside a bare Celery on the same Valkey.

`python -m benchmarks.throughput` compares; `measure_bare` and `measure_nightshift` are one round of one of
the two, each in processes of its own.
"""
