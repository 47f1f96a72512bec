"""What a user does first with an installed package; run outside of the repository by .ci/packages."""

import sys
from pathlib import Path

import gov_core
from gov_core import _core

assert Path(gov_core.__file__).is_relative_to(sys.prefix), gov_core.__file__
assert _core.__version__ == gov_core.__version__
print(*(f"{name} {found}" for name, found in gov_core.show_versions().items()), sep=", ")
