"""The flows of the papers are an example; these tests run what the example shows."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "examples/flows_of_the_papers"))
