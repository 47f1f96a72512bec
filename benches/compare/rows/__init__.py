"""One module a row of the speed table.

Each has ``run() -> list[Record]``, ``goals(records) -> list[Goal]`` and the contestants as functions, which
`compare.trial` calls in processes of their own.
"""
