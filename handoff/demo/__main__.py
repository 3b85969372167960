"""`python -m handoff.demo`: writes the demo company's exports."""

import argparse
import sys
from pathlib import Path

from handoff.demo import generic


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m handoff.demo",
        description="Writes the exports of an invented company. The same leads and seed give "
        "the same bytes everywhere; fewer leads give the first ones of the same people.",
    )
    parser.add_argument("--leads", type=_positive, default=generic.DEFAULT_LEADS)
    parser.add_argument("--seed", type=int, default=generic.DEFAULT_SEED)
    parser.add_argument("--out", type=Path, default=Path("exports/demo"))
    options = parser.parse_args(arguments)
    try:
        manifest = generic.write(options.out, options.leads, options.seed)
    except OSError as error:
        print(f"Cannot write the exports to {options.out}: {error}", file=sys.stderr)
        return 1
    print(f"{options.out / 'generic'}")
    for line in generic.describe(manifest):
        print(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
