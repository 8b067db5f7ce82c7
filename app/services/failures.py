"""One step of a repeated job must not end the steps after it: its failure is logged, and the job goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import NotConfigured, PaydeskError


@contextmanager
def failures_logged(log: logging.Logger, what: str) -> Iterator[None]:
    """Let one step fail, for whatever reason; a cancellation passes. `what` begins the log line."""
    try:
        yield
    except NotConfigured as failure:  # already shown in the window and by the doctor
        log.info("%s: %s", what, failure.code)
    except PaydeskError as failure:
        log.warning("%s: %s", what, failure.code)
    except Exception:  # an edge: a defect about one payment must not stop the work on all others
        log.exception("%s", what)
