"""Guards `make what-if`: it tells what another agreement would change, and changes nothing."""

import hashlib
import shutil
from pathlib import Path

import pytest
from builds import PROJECT, WORK, build

from handoff import what_if


def tree(folder: Path) -> dict[str, str]:
    """The hash of every file below a folder, links left out."""
    return {
        str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("what_if")
    done = build(folder / "published")
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copytree(PROJECT / "seeds" / "agreement", folder / "agreement")
    return folder


def tried(demo: Path) -> int:
    return what_if.main([
        *("--agreement", str(demo / "agreement")),
        *("--publish", str(demo / "published")),
        *("--work", str(WORK / "what_if")),
    ])  # fmt: skip


def counts(out: str) -> dict[str, list[int]]:
    """The printed table, by source."""
    lines = [line.split() for line in out.splitlines() if line.startswith("  ")]
    return {
        words[0]: [int(word.replace(",", "")) for word in words[1:]]
        for words in lines
        if len(words) == len(what_if.HEADINGS) and words[0] != "source" and words[1].isdigit()
    }


def test_the_same_agreement_changes_nothing(demo, capsys):
    assert tried(demo) == 0
    for source, (published, trial, both, *others) in counts(capsys.readouterr().out).items():
        assert published == trial == both, source
        assert others == [0, 0, 0, 0], source


def test_a_higher_threshold_takes_mqls_away_and_leaves_all_else_as_it_is(demo, capsys):
    versions = demo / "agreement" / "agreement_versions.csv"
    signed = versions.read_text()
    # The trial is not signed.
    versions.write_text(signed.replace(",rules,score,60,", ",rules,score,90,"))
    assert versions.read_text() != signed
    before = tree(demo)
    assert tried(demo) == 0
    told = counts(capsys.readouterr().out)
    assert tree(demo) == before
    for source, (published, trial, both, gone, gone_sql, new, new_sql) in told.items():
        assert published == both + gone, source
        assert trial == both + new, source
        assert gone_sql <= gone, source
        assert new_sql <= new, source
    total = told.pop("all")
    assert [sum(column) for column in zip(*told.values(), strict=True)] == total
    assert total[3] > 20
    versions.write_text(signed)


def test_a_trial_that_cannot_be_read_is_named(demo, capsys):
    rules = demo / "agreement" / "agreement_scoring_rules.csv"
    kept = rules.read_text()
    rules.write_text(kept.replace(",fit,title,matches,", ",fit,job_titel,matches,", 1))
    assert tried(demo) == 1
    rules.write_text(kept)
    assert "job_titel" in capsys.readouterr().err


def test_without_a_published_build_there_is_nothing_to_compare(demo, tmp_path, capsys):
    assert what_if.main([
        *("--agreement", str(demo / "agreement")),
        *("--publish", str(tmp_path)),
        *("--work", str(WORK / "what_if")),
    ]) == 1  # fmt: skip
    assert "run make build first" in capsys.readouterr().err
