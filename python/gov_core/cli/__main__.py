"""Lets ``python -m gov_core.cli`` do what ``gov-core`` does."""

from gov_core.cli import main

main()
