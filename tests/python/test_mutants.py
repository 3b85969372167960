"""Guards the unit tests: each rule of the engine is broken once, and a named test fails by it.

tests/mutants/mutants.toml says what is broken and who must see it. A test that errs instead of
finding other rows has seen nothing.
"""

import re
import tomllib
from dataclasses import dataclass, field, replace

import pytest
from builds import PROJECT, WORK

from tests.mutants.judge import DATA, Mutant, Scratch, Unfit, changed, mutants, unit_tests

MUTANTS = mutants()
UNIT = PROJECT / "tests" / "unit"
# Every unit test of these models is seen to fail by a mutant.
COVERED = (
    *("int_engagement_ledger", "int_lead_scores", "int_lead_fit", "int_attribute_rules"),
    *("int_attribute_rule_matches", "int_lead_stamps", "int_mql_stamps", "int_system_mqls"),
    *("int_cycle_qualifications", "fct_mqls", "int_lead_cycles"),
    *("int_lead_verdicts", "int_cycle_sales_acts", "int_customer_periods"),
    *("int_account_customer_periods", "dim_agreement_versions"),
)
HARMLESS = Mutant(
    "nothing",
    "models/intermediate/scoring/int_cycle_qualifications.sql",
    (("select * from final", "select * from final where true"),),
    ("no_score_stands_above_a_must_have_or_a_disqualifier",),
)
BROKEN = replace(HARMLESS, changes=(("select * from final", "select * from finale"),))


@dataclass
class Judged:
    """What was asked of each mutant, or why nothing was; dbt's verdicts by what was asked."""

    asked: dict[Mutant, list[str]] = field(default_factory=dict)
    unfit: dict[Mutant, str] = field(default_factory=dict)
    as_is: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def faults(self, mutant: Mutant) -> list[str]:
        """Why the mutant is not caught by all of its tests; nothing where it is."""
        if mutant in self.unfit:
            return [self.unfit[mutant]]
        found = []
        for name, asked in zip(mutant.tests, self.asked[mutant], strict=True):
            verdict, message = self.verdicts.get(self.as_is[name], ("skipped", ""))
            if verdict != "pass":
                found.append(f"{name} does not pass on the model as it is: {verdict} {message}")
                continue
            verdict, message = self.verdicts.get(asked, ("skipped", ""))
            if verdict == "pass":
                found.append(f"the mutant survived {name}")
            elif verdict != "fail":
                found.append(f"{name} judged nothing: {verdict} {message}")
        return found


@pytest.fixture(scope="module")
def judged() -> Judged:
    scratch = Scratch(WORK / "mutants")
    found = Judged()
    for number, mutant in enumerate([*MUTANTS, HARMLESS, BROKEN]):
        try:
            found.asked[mutant] = scratch.ask_mutant(number, mutant)
        except Unfit as error:
            found.unfit[mutant] = str(error)
    for number, name in enumerate(sorted({name for each in found.asked for name in each.tests})):
        found.as_is[name] = scratch.ask_as_is(number, name)
    found.verdicts = scratch.verdicts()
    return found


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_is_caught_by_each_of_its_tests(mutant: Mutant, judged: Judged) -> None:
    if faults := judged.faults(mutant):
        pytest.fail("\n".join(faults), pytrace=False)


def test_a_mutant_that_nobody_sees_or_that_does_not_run_is_not_caught(judged: Judged) -> None:
    [survived], [erred] = judged.faults(HARMLESS), judged.faults(BROKEN)
    assert "the mutant survived" in survived
    assert "judged nothing: error" in erred and "finale" in erred


@pytest.mark.parametrize("text", ["a < b and a < b", "a > b"])
def test_a_text_that_is_not_there_once_is_no_mutant(text: str) -> None:
    mutant = replace(HARMLESS, changes=(("a < b", "a <= b"),))
    assert changed("where a\n    < b", mutant) == "where a <= b"
    with pytest.raises(Unfit, match="not once: a < b"):
        changed(text, mutant)


def test_no_mutant_has_lost_its_heading() -> None:
    """Two that a merge has joined are one mutant whose last change says more than from and to."""
    given = tomllib.loads(DATA.read_text(encoding="utf-8"))["mutants"]
    assert {key for mutant in given for key in mutant} == {"rule", "file", "tests", "changes"}
    assert {key for mutant in given for change in mutant["changes"] for key in change} == {
        "from",
        "to",
    }


@pytest.mark.parametrize("model", COVERED)
def test_every_unit_test_of_the_engine_sees_a_mutant(model: str) -> None:
    tests = {name for name, test in unit_tests().items() if test["model"] == model}
    assert tests
    assert tests - {name for mutant in MUTANTS for name in mutant.tests} == set()


def test_the_readme_lists_every_mutant() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in (UNIT / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and line.count(" | ") == 2
    ]
    # Behind some stands the file of the macro that was broken.
    listed = {
        (row[0].replace(" ", "_"), re.sub(r" \(`[^)]*`\)$", "", rule.strip()))
        for row in rows
        for rule in row[2].split(";")
    }
    assert {(name, mutant.rule) for mutant in MUTANTS for name in mutant.tests} - listed == set()
