"""The thin Python around the dbt project: build, publish, sign, and the demo's generator.

What an MQL or a hand-off is lives in the agreement (seeds) and in the models, never here.
"""

import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def version() -> str:
    """Handoff's own version, as pyproject.toml states it."""
    with (PROJECT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["version"]
