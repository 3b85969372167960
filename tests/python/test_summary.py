"""The printed funnel: counts as the marts hold them, in 80 columns."""

from pathlib import Path

import duckdb
import pytest

from handoff import summary


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "handoff.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.rpt_funnel_by_cohort as
            select
                cast('2025-01-01' as date) + to_months(cast(month as integer)) as entry_month,
                entry.stage as entry_stage,
                reached.stage as reached_stage,
                case reached.stage when 'lead' then 1000 when 'mql' then 100 + month else 1 end
                    as n_reached
            from range(8) as months (month)
            cross join (values ('lead'), ('mql')) as entry (stage)
            cross join (
                values
                    ('lead'), ('mql'), ('handed_on'), ('sales_accepted'),
                    ('sales_qualified'), ('opportunity'), ('won')
            ) as reached (stage)
            """
        )
        connection.execute(
            """
            create table marts.rpt_source_quality as
            select
                basis.name as source_basis,
                case when number < 12 then 'source ' || number end as source,
                100 - number as n_mqls,
                50 as n_sales_accepted,
                10 as n_sales_qualified,
                1 as n_won
            from range(13) as sources (number)
            cross join (values ('first_touch'), ('mql_creating')) as basis (name)
            """
        )
    return path


def row(lines: list[str], label: str) -> list[str]:
    return next(line.strip() for line in lines if line.strip().startswith(label)).split("  ")


def cells(lines: list[str], label: str) -> list[str]:
    return [cell.strip() for cell in row(lines, label) if cell.strip()]


def test_the_last_six_months_stand_alone_and_add_up_with_the_earlier_ones(database):
    lines = summary.tables(database)
    assert cells(lines, "earlier") == ["earlier", "2,000", "201", "2", "2", "2", "2", "2"]
    assert cells(lines, "2025-03") == ["2025-03", "1,000", "102", "1", "1", "1", "1", "1"]
    assert cells(lines, "2025-08") == ["2025-08", "1,000", "107", "1", "1", "1", "1", "1"]
    assert cells(lines, "all") == ["all", "8,000", "828", "8", "8", "8", "8", "8"]
    assert not any("2025-02" in line for line in lines)


def test_sources_past_the_tenth_are_summed_and_a_missing_source_is_its_own(database):
    lines = summary.tables(database)
    assert cells(lines, "source 0") == ["source 0", "100", "50", "10", "1", "10.0 %"]
    assert cells(lines, "3 others") == ["3 others", "267", "150", "30", "3", "11.2 %"]
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from marts.rpt_source_quality where source is not null")
    assert cells(summary.tables(database), "(not given)")[1] == "88"


def test_the_tables_fit_into_eighty_columns(database):
    assert max(map(len, summary.tables(database))) <= 80


def test_exports_without_leads_and_missing_marts_are_told_calmly(database):
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from marts.rpt_funnel_by_cohort")
        connection.execute("drop table marts.rpt_source_quality")
    assert summary.tables(database) == ["The exports hold no leads.", ""]
