"""The locks: what is tested is what runs, and everything is pinned by hash."""

import re

import pytest

from handoff import PROJECT

RUN_TIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
ENGINES = ("requirements-postgres.lock", "requirements-spark.lock")
ALL = tuple(sorted(path.name for path in PROJECT.glob("requirements*.lock")))
_REQUIREMENT = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+) \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)",
    re.MULTILINE,
)


def text_of(lock: str) -> str:
    return (PROJECT / lock).read_text(encoding="utf-8")


def versions(lock: str) -> dict[str, str]:
    return {name: version for name, version, _ in _REQUIREMENT.findall(text_of(lock))}


@pytest.mark.parametrize("lock", ALL)
def test_every_requirement_is_pinned_by_hash(lock):
    named = [line for line in text_of(lock).splitlines() if re.match(r"^[A-Za-z0-9]", line)]
    assert len(_REQUIREMENT.findall(text_of(lock))) == len(named) > 50


@pytest.mark.parametrize("lock", ALL)
def test_no_lock_names_a_host_or_a_folder_of_one_machine(lock):
    assert not re.search(r":/{2}|--(extra-)?index-url|[ =]/\w", text_of(lock))


def test_the_run_time_lock_has_the_versions_of_the_development_lock():
    assert versions(RUN_TIME).items() <= versions(DEVELOPMENT).items()


@pytest.mark.parametrize("lock", ENGINES)
def test_the_lock_of_an_engine_has_the_versions_of_the_run_time_lock(lock):
    assert versions(RUN_TIME).items() <= versions(lock).items()
