"""What all tests share: how Hypothesis searches, and where the browser is."""

import os
import shutil

import pytest
from hypothesis import settings

CI = os.environ.get("CI") == "true"

# A shared machine is slow at times, which is no fault of the code: no deadlines. CI searches the same
# examples each time, so that a red run means a change; at a desk the search goes on where it has not been.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, max_examples=300, print_blob=True)
settings.load_profile("ci" if CI else "desk")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; without one a test skips at a desk and fails in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    if CI:
        pytest.fail("CI has to have a browser: .ci/run installs chromium")
    pytest.skip("no Chromium; on Debian: apt install chromium")
