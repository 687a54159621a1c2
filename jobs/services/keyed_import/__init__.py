"""Rows of a file into a table that has a key: staged and checked first, then written in batches.

What is particular to a table is in its Target; file_import.py is the whole, from the file to the report. Each
phase goes on where an attempt that was killed had committed: docs/decisions/0006-import-that-goes-on.md.
"""
