"""What a bug report says about the machine."""

import platform

import gov_core


def test_names_python_and_every_declared_dependency() -> None:
    found = gov_core.show_versions()

    assert found["python"] == platform.python_version()
    assert found["numpy"].split(".")[0].isdigit()
    assert {"arro3-core", "pydantic", "shapely", "pyogrio", "rtree", "matplotlib"} <= found.keys()
    assert list(found).count("numpy") == 1
    assert all(value for value in found.values())


def test_a_missing_optional_dependency_is_a_dash(monkeypatch) -> None:
    from gov_core import _versions

    monkeypatch.setattr(_versions, "_dependencies", lambda: ["no-such-distribution"])
    assert gov_core.show_versions()["no-such-distribution"] == "-"


def test_says_which_instructions_the_core_runs_with() -> None:
    assert gov_core.show_versions()["cpu_level"] in {"baseline", "avx2", "avx512"}
