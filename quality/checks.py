"""What a gate checks, in the gate's own words, and its verdict from Great Expectations.

DuckDB reduces a table to an asset: a profile of one row, each column one measure, and,
where single rows matter, a bounded sample. Limits hold for the profile, row rules for the
sample; both become expectations of one suite each, run by one checkpoint each.
"""

import os
from dataclasses import dataclass, field
from typing import Any, Literal

# Before the import: nothing leaves the machine.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import pandas as pd
from great_expectations import expectations as gxe
from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
)

Severity = Literal["critical", "warning"]


@dataclass(frozen=True)
class Limit:
    """A measure of the profile and the bounds it must keep."""

    measure: str
    value: float
    rule: str
    finding: str
    severity: Severity
    minimum: float | None = None
    maximum: float | None = None

    def expectation(self) -> gxe.Expectation:
        return gxe.ExpectColumnMaxToBeBetween(
            column=self.measure,
            min_value=self.minimum,
            max_value=self.maximum,
            severity=self.severity,
            description=described(self),
        )

    def message(self, result: dict[str, Any]) -> str:
        return self.finding


@dataclass(frozen=True)
class RowRule:
    """A rule for the values of one column of the sample: a pattern, or a latest moment.

    `finding` is completed with the share of values that break it and one of them.
    """

    measure: str
    rule: str
    finding: str
    mostly: float
    pattern: str | None = None
    latest: pd.Timestamp | None = None
    severity: Severity = "warning"

    def expectation(self) -> gxe.Expectation:
        common = {
            "column": self.measure,
            "mostly": self.mostly,
            "severity": self.severity,
            "description": described(self),
        }
        if self.pattern is not None:
            return gxe.ExpectColumnValuesToMatchRegex(regex=self.pattern, **common)
        return gxe.ExpectColumnValuesToBeBetween(max_value=self.latest.to_pydatetime(), **common)

    def message(self, result: dict[str, Any]) -> str:
        return (
            f"{self.finding}: {result['unexpected_count']} of {result['element_count']} rows "
            f"looked at, for example {str(result['partial_unexpected_list'][0])!r}"
        )


@dataclass
class Asset:
    """One table as the gate sees it."""

    name: str
    limits: list[Limit] = field(default_factory=list)
    sample: pd.DataFrame | None = None
    row_rules: list[RowRule] = field(default_factory=list)

    def tiered(
        self,
        measure: str,
        value: float,
        ceiling: float,
        rule: str,
        finding: str,
    ) -> None:
        """A share that should be 0 (warning) and must not pass the ceiling (critical)."""
        self.limits.append(
            Limit(
                measure, value, f"{rule}: at most {ceiling:.0%}", finding, "critical",
                maximum=ceiling,
            )
        )  # fmt: skip
        self.limits.append(Limit(measure, value, f"{rule}: none", finding, "warning", maximum=0))

    def at_most(self, measure: str, value: float, maximum: float, rule: str, finding: str) -> None:
        self.limits.append(Limit(measure, value, rule, finding, "critical", maximum=maximum))

    def at_least(self, measure: str, value: float, minimum: float, rule: str, finding: str) -> None:
        self.limits.append(Limit(measure, value, rule, finding, "critical", minimum=minimum))


@dataclass
class Verdict:
    gate: str
    critical: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def success(self) -> bool:
        return not self.critical


class Expectations:
    """An ephemeral Great Expectations context: judges assets and keeps the results."""

    def __init__(self) -> None:
        self.context = gx.get_context(mode="ephemeral")
        # Gate -> asset -> what Great Expectations found, for the Data Docs.
        self.results: dict[str, dict[str, ExpectationSuiteValidationResult]] = {}
        self.context.variables.progress_bars = {"globally": False}

    def judge(self, gate: str, assets: list[Asset]) -> Verdict:
        verdict = Verdict(gate)
        self.results[gate] = {}
        source = self.context.data_sources.add_pandas(gate)
        for asset in assets:
            frames = []
            if asset.limits:
                frames.append((asset.name, asset.limits, profile_of(asset.limits)))
            if asset.sample is not None and asset.row_rules:
                frames.append((f"{asset.name}-rows", asset.row_rules, asset.sample))
            failed = [
                failure
                for name, checks, frame in frames
                for failure in self._run(source, gate, name, checks, frame)
            ]
            broken = {check.measure for check, _ in failed if check.severity == "critical"}
            for check, result in failed:
                if check.severity == "critical":
                    verdict.critical.append(check.message(result))
                elif check.measure not in broken:
                    verdict.warnings.append(check.message(result))
        return verdict

    def _run(
        self, source: Any, gate: str, name: str, checks: list, frame: pd.DataFrame
    ) -> list[tuple[Limit | RowRule, dict[str, Any]]]:
        """The checks of one frame that failed, each with Great Expectations' result."""
        batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
        expectations = [check.expectation() for check in checks]
        for position, expectation in enumerate(expectations):
            # Results come back in an order of their own: the position ties them together.
            expectation.meta = {"position": position}
        suite = self.context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations))
        definition = self.context.validation_definitions.add(
            gx.ValidationDefinition(name=name, data=batch, suite=suite)
        )
        checkpoint = self.context.checkpoints.add(
            gx.Checkpoint(name=name, validation_definitions=[definition], result_format="SUMMARY")
        )
        run = checkpoint.run(
            batch_parameters={"dataframe": frame}, run_id=gx.RunIdentifier(run_name=gate)
        )
        failed = []
        for outcome in run.run_results.values():
            self.results[gate][name] = outcome
            for result in outcome.results:
                if result.exception_info.get("raised_exception"):
                    raise RuntimeError(f"{name}: {result.exception_info['exception_message']}")
                if not result.success:
                    check = checks[result.expectation_config.meta["position"]]
                    failed.append((check, result.result))
        return sorted(failed, key=lambda pair: checks.index(pair[0]))


def described(check: Limit | RowRule) -> str:
    """The rule as the Data Docs print it."""
    return check.rule if check.severity == "critical" else f"{check.rule} (warning)"


def profile_of(limits: list[Limit]) -> pd.DataFrame:
    # As objects: the library renders Python's numbers, not numpy's.
    return pd.DataFrame({limit.measure: [float(limit.value)] for limit in limits}, dtype=object)
