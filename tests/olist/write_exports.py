"""Write the two lists of the Olist marketing funnel as exports of the generic system.

usage: python write_exports.py <folder with the Olist files> <exports folder>

The exports hold what the lists say and nothing else: a lead per MQL, stamped at its day of
first contact; a won deal per closed deal, at its moment; the reps as users. A deal's making
is not recorded, so `created_at` stays empty.
"""

import csv
import sys
from pathlib import Path

MQLS = "olist_marketing_qualified_leads_dataset.csv"
DEALS = "olist_closed_deals_dataset.csv"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_exports(olist: Path, exports: Path) -> None:
    """Write persons, opportunities and users below `exports`/generic."""
    mqls = read(olist / MQLS)
    deals = read(olist / DEALS)
    folder = exports / "generic"
    folder.mkdir(parents=True, exist_ok=True)
    write(
        folder / "persons.csv",
        [
            {
                "person_id": mql["mql_id"],
                "created_at": mql["first_contact_date"],
                "mql_at": mql["first_contact_date"],
                "source": mql["origin"],
            }
            for mql in mqls
        ],
    )
    write(
        folder / "opportunities.csv",
        [
            {
                "opportunity_id": f"deal-{deal['mql_id']}",
                "person_id": deal["mql_id"],
                "stage": "Closed Won",
                "closed_at": deal["won_date"],
                "owner_id": deal["sr_id"],
            }
            for deal in deals
        ],
    )
    sales = {deal["sr_id"] for deal in deals}
    sdrs = {deal["sdr_id"] for deal in deals} - sales
    write(
        folder / "users.csv",
        [{"user_id": user, "team": "Sales"} for user in sorted(sales)]
        + [{"user_id": user, "team": "SDR"} for user in sorted(sdrs)],
    )


if __name__ == "__main__":
    write_exports(Path(sys.argv[1]), Path(sys.argv[2]))
