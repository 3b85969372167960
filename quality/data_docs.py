"""Data Docs that open from disk: Great Expectations' own pages in templates of this project.

The library's page templates load styles, scripts, icons and a logo from the network, and
need the scripts to fold and to filter. The templates beside this file carry one style
sheet in the page and fold and filter without scripts. Paths do not depend on the run:
`index.html`, and `<asset>.html` for each asset.
"""

import html
from copy import deepcopy
from pathlib import Path
from typing import Any

from great_expectations.core.expectation_validation_result import (
    ExpectationSuiteValidationResult,
)
from great_expectations.render.renderer import ValidationResultsPageRenderer
from great_expectations.render.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

from quality.checks import Verdict

TEMPLATES = Path(__file__).parent / "templates"


class PageView(DefaultJinjaPageView):
    """The library's view, with this project's templates before its own."""

    def __init__(self) -> None:
        super().__init__()
        self.env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), self.env.loader])


def escaped(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, dict):
        return {key: escaped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(item) for item in value]
    return value


def shown(result: ExpectationSuiteValidationResult) -> ExpectationSuiteValidationResult:
    """A copy whose observed values are text and not markup: the library's tables print
    what stood in the exports as it is, a `<script>` in a name included."""
    copied = deepcopy(result)
    for outcome in copied.results:
        outcome.result = escaped(outcome.result)
    return copied


def mark(result: ExpectationSuiteValidationResult) -> str:
    """passed, warned (nothing critical failed) or failed: a class of the style sheet."""
    severities = {
        outcome.expectation_config.severity for outcome in result.results if not outcome.success
    }
    if not severities:
        return "passed"
    return "failed" if "critical" in severities else "warned"


def write_data_docs(
    verdicts: list[Verdict],
    results: dict[str, dict[str, ExpectationSuiteValidationResult]],
    out: Path,
) -> None:
    """Writes the index and one page per asset; pages of an earlier run go.

    `results` holds Great Expectations' result of each asset, by gate and asset.
    """
    out.mkdir(parents=True, exist_ok=True)
    for page in out.glob("*.html"):
        page.unlink()
    view = PageView()
    renderer = ValidationResultsPageRenderer()
    for gate in results.values():
        for name, result in gate.items():
            page = view.render(renderer.render(shown(result)), asset=name, mark=mark(result))
            (out / f"{name}.html").write_text(page, encoding="utf-8")
    index = view.env.get_template("index.j2").render(verdicts=verdicts, results=results, mark=mark)
    (out / "index.html").write_text(index, encoding="utf-8")
