"""Writes the demo company as Salesforce and Marketo exports, with the answer key beside."""

from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path

from handoff.demo import answer_key, company, marketo, records, salesforce
from handoff.demo.files import Manifest

SYSTEMS = ("salesforce", "marketo")


def write(
    out: Path,
    leads: int = company.DEFAULT_LEADS,
    seed: int = company.DEFAULT_SEED,
    *,
    systems: Collection[str] = SYSTEMS,
    activities_per_lead: int = 0,
    compressed: bool = False,
) -> dict[str, Manifest]:
    """Writes `<out>/<system>/…` and `<out>/answer_key/…`, person by person.

    activities_per_lead: at least so many, for measuring with volume.
    Returns what was written, by folder.
    """
    with ExitStack() as files:
        opened = {"answer_key": files.enter_context(answer_key.tables(out, compressed=compressed))}
        key = answer_key.Writer(opened["answer_key"])
        crm = map_ = None
        if "salesforce" in systems:
            opened["salesforce"] = files.enter_context(
                salesforce.tables(out, compressed=compressed)
            )
            crm = salesforce.Writer(opened["salesforce"], seed)
            crm.furniture()
        if "marketo" in systems:
            opened["marketo"] = files.enter_context(marketo.tables(out, compressed=compressed))
            map_ = marketo.Writer(opened["marketo"], seed)
            map_.furniture()
        first = None
        for index in range(1, leads + 1):
            person = company.simulate(seed, index)
            if activities_per_lead:
                company.fill_up(seed, person, activities_per_lead)
            kept = records.kept(seed, person)
            # People come in blocks of five, of whom some work for the first one's company.
            if index % 5 == 1:
                first = kept
            else:
                records.convert_colleague(seed, first, kept)
            deal = company.deal_without_lead(seed, index)
            buyer = company.buyer_without_lead(seed, index) if deal is not None else None
            if crm is not None:
                crm.person(kept, deal, buyer)
            if map_ is not None:
                map_.person(kept)
            key.person(kept, deal)
    return {name: tables.manifest for name, tables in opened.items()}
