"""What all tests share: that CI skips nothing, how Hypothesis searches, and where the browser is."""

import os
import shutil
from collections.abc import Generator

import pytest
from hypothesis import settings

CI = os.environ.get("CI") == "true"

# A shared machine is slow at times, which is no fault of the code: no deadlines. CI searches the same
# examples each time, so that a red run means a change; at a desk the search goes on where it has not been.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=300, print_blob=True)
settings.load_profile("ci" if CI else "desk")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """At a desk a test may skip for want of a browser or a server; in CI a skip is a failure.

    What is left out there is deselected by a marker, where one can see it.
    """
    report = yield
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        *_, reason = report.longrepr  # where, which line, why
        report.outcome, report.longrepr = "failed", f"CI has to have all that is needed: {reason}"
    return report


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; .ci/run installs one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium; on Debian: apt install chromium")
