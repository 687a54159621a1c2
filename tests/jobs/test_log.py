"""The log of an attempt."""

import logging
import threading

import pytest

from jobs.log import LINE_LIMIT, LogCapture, captured_log

log = logging.getLogger("jobs.tests")


def test_what_the_job_logs_is_kept() -> None:
    with captured_log() as capture:
        log.info("row %d", 7)

    assert "INFO jobs.tests: row 7\n" in capture.text()


def test_what_is_logged_afterwards_is_not() -> None:
    with captured_log() as capture:
        pass
    log.info("later")

    assert capture.text() == ""


def test_another_thread_logs_for_itself() -> None:
    with captured_log() as capture:
        other = threading.Thread(target=log.info, args=("from elsewhere",))
        other.start()
        other.join()

    assert "from elsewhere" not in capture.text()


def test_the_middle_of_a_long_log_is_dropped_and_said_so() -> None:
    capture = LogCapture(limit=2_000)

    for number in range(1_000):
        capture.emit(logging.makeLogRecord({"msg": f"line {number}", "levelname": "INFO", "name": "x"}))

    text = capture.text()
    assert len(text) < 2_200
    assert "line 0\n" in text
    assert "line 999\n" in text
    assert " lines were dropped here " in text


def test_a_line_of_a_megabyte_is_cut() -> None:
    with captured_log() as capture:
        log.info("x" * 1_000_000)

    assert LINE_LIMIT < len(capture.text()) < LINE_LIMIT + 100


def test_a_nul_is_written_out() -> None:
    with captured_log() as capture:
        log.info("a\x00b")

    assert "a\\x00b" in capture.text()


@pytest.mark.parametrize("times", [1, 2])
def test_the_text_is_given_once_for_each_change(times: int) -> None:
    with captured_log() as capture:
        for _ in range(times):
            log.info("row")
        first, second = capture.text_if_changed(), capture.text_if_changed()

    assert first is not None
    assert second is None
