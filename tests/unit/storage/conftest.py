"""The folders of the contract suite."""

from contract.conftest import fast_folder

__all__ = ["fast_folder"]
