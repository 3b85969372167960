"""`python -m handoff.demo`: writes the demo company's exports."""

import argparse
import sys
from pathlib import Path

from handoff.demo import company, crm_and_map, generic

SYSTEMS = (*crm_and_map.SYSTEMS, "generic")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _systems(text: str) -> list[str]:
    systems = [system.strip() for system in text.split(",")]
    unknown = sorted(set(systems) - set(SYSTEMS))
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown)}: the demo knows {', '.join(SYSTEMS)}"
        )
    return systems


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m handoff.demo",
        description="Writes the exports of an invented company, and beside those of Salesforce "
        "and Marketo the truth about it (answer_key). The same leads and seed give the same "
        "bytes everywhere; fewer leads give the first ones of the same people.",
    )
    parser.add_argument("--leads", type=_positive, default=company.DEFAULT_LEADS)
    parser.add_argument("--seed", type=int, default=company.DEFAULT_SEED)
    parser.add_argument("--out", type=Path, default=Path("exports/demo"))
    parser.add_argument(
        "--systems",
        type=_systems,
        default=list(crm_and_map.SYSTEMS),
        help="which exports, with commas: salesforce,marketo (the default) or generic",
    )
    parser.add_argument(
        "--activities-per-lead",
        type=_positive,
        default=0,
        help="at least so many a lead, for measuring with volume; about 8 without",
    )
    parser.add_argument("--gz", action="store_true", help="write .csv.gz")
    options = parser.parse_args(arguments)
    volume = {
        "activities_per_lead": options.activities_per_lead,
        "compressed": options.gz,
    }
    written = {}
    try:
        systems = [system for system in options.systems if system != "generic"]
        if systems:
            written |= crm_and_map.write(
                options.out, options.leads, options.seed, systems=systems, **volume
            )
        if "generic" in options.systems:
            written["generic"] = generic.write(options.out, options.leads, options.seed, **volume)
    except OSError as error:
        print(f"Cannot write the exports to {options.out}: {error}", file=sys.stderr)
        return 1
    for folder, manifest in written.items():
        print(f"{options.out / folder}")
        for line in manifest.describe():
            print(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
