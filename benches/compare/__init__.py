"""gov_core beside its rivals: every figure of the speed table, measured in one run, answers asserted.

``./dev bench`` runs all rows, ``./dev bench locate build`` some; `benches/README.md` says what each is.
"""
