"""The lint of the shared SQL subset catches what it names, and nothing else."""

import re
from pathlib import Path

import pytest
import sql_subset
from sql_subset import engine_violations, output_violations, strip_jinja, violations

# Models as they are written here: import CTEs, one purpose a CTE, `final`, macros and loops.
STAGING = """
{{ config(materialized='table') }}

-- Rows as they landed; now() and "quoted" words in a comment are nobody's business.
with

persons as (

    select * from {{ source('generic', 'persons') }}

),

typed as (

    select
        {{ clean_text('persons.person_id') }} as record_id,
        {{ number_or_null('persons.score') }} as score,
        persons.email,
        persons.created_at,
        persons._source_file
    from persons

),

ranked as (

    select
        typed.*,
        row_number() over (
            partition by typed.record_id
            order by typed.created_at desc nulls last, typed._source_file asc nulls last
        ) as version_rank
    from typed

),

final as (

    select
        cast(ranked.record_id as {{ dbt.type_string() }}) as record_id,
        cast(lower(ranked.email) as {{ dbt.type_string() }}) as email,
        cast(ranked.created_at as timestamp) as created_at,
        cast(ranked.score as decimal(18, 4)) as score,
        case
            when ranked.version_rank > 1 then cast('superseded' as {{ dbt.type_string() }})
        end as quarantine_reason,
        ranked.version_rank = 1 as is_newest
    from ranked

)

select * from final
"""

UNION = """
{% set systems = var('systems') %}
with

systems as (

    {% for system in systems %}
        select cast('{{ system }}' as {{ dbt.type_string() }}) as system
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

)

select systems.system from systems
"""

MART = """
with

hand_offs as (

    select * from {{ ref('int_hand_offs_decided') }}

),

totals as (

    select
        hand_offs.lead_id,
        count(*) filter (where hand_offs.decision = 'rejected') as n_rejected,
        max(hand_offs.decided_at) as last_decided_at,
        bool_or(hand_offs.is_implied) as has_implied,
        percentile_cont(0.5) within group (order by hand_offs.n_minutes) as median_minutes,
        sum(hand_offs.amount) over (
            partition by hand_offs.lead_id
            order by hand_offs.decided_at asc nulls last, hand_offs.hand_off_id asc nulls last
            rows between unbounded preceding and current row
        ) as running_amount
    from hand_offs
    where
        extract(year from hand_offs.decided_at) >= 2025
        and not exists (select 1 from hand_offs as others where others.lead_id is null)
    group by hand_offs.lead_id

),

final as (

    select
        totals.lead_id,
        totals.last_decided_at,
        coalesce(totals.has_implied, false) as has_implied,
        cast(totals.n_rejected as bigint) as n_rejected,
        cast(totals.median_minutes as decimal(18, 2)) as median_minutes,
        lag(totals.last_decided_at) over (order by totals.lead_id asc nulls last)
            as previous_decided_at,
        cast(totals.running_amount as decimal(18, 2)) as running_amount
    from totals

)

select * from final
"""

PLANTED = {
    "select a from t qualify row_number() over (order by a nulls last) = 1": "QUALIFY",
    "select a::int from t": "::",
    "select (a + b) :: {{ dbt.type_string() }} as c from t": "::",
    "select a // b from t": "//",
    "with recursive r as (select 1) select * from r": "WITH RECURSIVE",
    "WITH /* rounds */ Recursive r as (select 1) select * from r": "WITH RECURSIVE",
    "select a, count(*) from t group by all": "GROUP BY ALL",
    "select a from t order by all": "ORDER BY ALL",
    "select distinct on (a) a, b from t": "DISTINCT ON",
    "select a from t asof join u on t.at >= u.at": "ASOF JOIN",
    "select a from t union select a from u": "UNION",
    "select t.a from t anti join u on t.a = u.a": "ANTI JOIN",
    "select * exclude (a) from t": "* EXCLUDE",
    "select * except (a) from t": "* EXCEPT",
    "select t.* replace (a as b) from t": "* REPLACE",
    "select columns('x_.*') from t": "COLUMNS(…)",
    "select a from t union all by name select a from u": "BY NAME",
    "select a from t union by name select a from u": "BY NAME",
    "select string_agg(a, ',') from t": "string_agg()",
    "select string_agg(distinct a, ',' order by a nulls last) from t": "string_agg()",
    "select listagg(a, ',') within group (order by a nulls last) from t": "listagg()",
    "select group_concat(a) from t": "group_concat()",
    "select array_agg(a) from t": "array_agg()",
    "select list(a) from t": "list()",
    "select list_filter(a, 1) from t": "list_filter()",
    "select struct_pack(a, b) from t": "struct_pack()",
    "select [a, b] from t": "[ … (list or struct)",
    "select a[1] from t": "[ … (list or struct)",
    "select {'a': 1} from t": "{ … (list or struct)",
    "select unnest(a) from t": "unnest()",
    "select a from t, unnest(t.b)": "unnest()",
    "select strftime(a, '%Y') from t": "strftime()",
    "select a from generate_series(1, 3)": "generate_series()",
    "select current_date": "current_date",
    "select cast(now() as timestamp) as a from t": "now()",
    "select a from t where a < current_timestamp": "current_timestamp",
    "select {{ dbt.current_timestamp() }} as a": "{{ dbt.current_timestamp( }}",
    "select {{ dbt.listagg('a', \"','\") }} as a": "{{ dbt.listagg( }}",
    "select {{ dbt.datediff('a', 'b', 'week') }} as a": "{{ dbt.datediff( }}",
    "select {{ dbt.safe_cast('a', 'b') }} as a": "{{ dbt.safe_cast( }}",
    "select cast(a as {{ dbt.type_float() }}) as a": "{{ dbt.type_float( }}",
    "{% set rows = run_query('select 1') %} select 1": "{{ run_query( }}",
    "select {{ dbt_utils.star('a') }}": "{{ dbt_utils }}",
    "select row_number() over (order by a) from t": "ORDER BY without NULLS FIRST/LAST",
    "select row_number() over (order by a nulls last, b desc) from t": (
        "ORDER BY without NULLS FIRST/LAST"
    ),
    "select a from t order by coalesce(a, b) limit 1": "ORDER BY without NULLS FIRST/LAST",
    "select row_number() over (partition by a) from t": "row_number() without an order",
    "select lag(a) over () from t": "lag() without an order",
    "select rank() over w from t window w as (partition by a)": "rank() without an order",
    "select count(distinct a) over (partition by b) from t": "count(distinct …) over",
    "select sum(a) over (order by b nulls last range between interval '1 day' preceding and"
    " current row) from t": "RANGE … INTERVAL frame",
    "select last_value(a ignore nulls) over (order by b nulls last) from t": "IGNORE NULLS",
    "select any_value(a) from t": "any_value()",
    "select max_by(a, b) from t": "max_by()",
    "select median(a) from t": "median()",
    "select regexp_replace(a, 'x', 'y') from t": "regexp_replace()",
    "select a from t where a similar to 'x'": "similar to",
    "select a from t where a ~ 'x'": "~",
    "select a from t where a like b": "like a pattern that is no text",
    "select a from t where a not like lower(b)": "like a pattern that is no text",
    "select a from t where a ilike 'x'": "ilike",
    "select starts_with(a, 'x') from t": "starts_with()",
    "select split_part(a, '@', 2) from t": "split_part()",
    "select concat(a, b) from t": "concat()",
    "select ifnull(a, b) from t": "ifnull()",
    "select if(a, b, c) from t": "if()",
    "select try_cast(a as date) from t": "try_cast()",
    "select log(a) from t": "log()",
    "select year(a) from t": "year()",
    "select date_diff('day', a, b) from t": "date_diff()",
    "select extract(epoch from a) from t": "extract(epoch from …)",
    "select extract('dow' from a) from t": "extract(text from …)",
    "select a + interval 1 day from t": "interval without quotes",
    "select cast(a as varchar) from t": "type varchar",
    "select cast(a as double) from t": "type double",
    "select cast(a as timestamp with time zone) from t": "type timestamp",
    "select cast(a as decimal) from t": "decimal without a precision",
    'select "a" from t': 'quoted name "a"',
    "select 'it''s' from t": "quote inside 'it''s'",
    r"select a from t where b like '\d'": r"backslash in '\d'",
    "select a, from t": "a comma before from",
    "select a from t;": "a semicolon",
    "select a from t pivot (sum(b) for c in ('x'))": "PIVOT",
    "select a from t using sample 10": "SAMPLE",
    "select random() from t": "random()",
    "select md5(a) from read_csv('x.csv')": "read_csv()",
}


@pytest.mark.parametrize(("sql", "construct"), PLANTED.items(), ids=PLANTED.values())
def test_a_planted_construct_is_caught_with_its_line_and_a_remedy(sql: str, construct: str) -> None:
    found = [
        violation
        for violation in violations("-- first line\n\n" + sql)
        if violation.construct == construct
    ]
    assert found, f"{sql!r} gave {[str(violation) for violation in violations(sql)]}"
    assert {violation.line for violation in found} == {3}
    assert all(violation.instead for violation in found)


@pytest.mark.parametrize("sql", [STAGING, UNION, MART], ids=["staging", "union", "mart"])
def test_a_clean_model_passes(sql: str) -> None:
    assert [str(violation) for violation in violations(sql)] == []


@pytest.mark.parametrize(
    "sql",
    [
        # Names and words that only look like a construct.
        "select t.day, t.month, t.list, t.current_date, t.range from t order by name nulls last",
        "select 'select now() :: qualify' as text from t -- qualify, // and [1, 2]",
        "select a from t where day in ('x') and year between 1 and 2",
        "select a from t where b in (select c from u) except (select d from v)",
        "select date_trunc('month', a) as month from t group by date_trunc('month', a)",
        "select timestamp '9999-12-31 00:00:00' as a, a + interval '1 day' as b from t",
        "select coalesce(a, b) as first, c as last from t",
        "select sum(a) over (partition by b) from t",
        "select sum(a) over w, rank() over w from t window w as (order by b nulls last)",
        "select row_number() over ({{ total_order() }}) from t",
        "select row_number() over (order by {{ total_order() }}) from t",
        "select cast(a as {{ column_type }}), cast(b as date) from t",
        "{# now() and \"x\" #} select a from t {% if x %} where a = '{{ y }}' {% endif %}",
        "select {{ days_between('a', 'b') }} as n, {{ dbt.datediff('a', 'b', 'day') }} as m from t",
        "select {{ f({'a': {'b': [1, 2]}}) }} as a from t",
        "select a from t union all select a from u union distinct select a from v",
        "select a from t where a like 'x%' and b not like '%y'",
        "select a from map_statuses inner join list_values on a = b",
        "select values_in.a from values_in where exists (select 1 from t where t.a = values_in.a)",
    ],
)
def test_what_only_looks_like_a_construct_passes(sql: str) -> None:
    assert [str(violation) for violation in violations(sql)] == []


def test_a_line_is_that_of_the_source_whatever_jinja_stands_before_it() -> None:
    source = (
        "{#- a\n b -#}\n{%- set x = [\n 1,\n] -%}\n\nselect\n    {{ f(\n 'a') }} as a,\n    b::int"
    )
    assert strip_jinja(source).sql.count("\n") == source.count("\n")
    assert [violation.line for violation in violations(source)] == [10]


def test_spark_is_judged_by_what_spark_lacks_and_may_use_its_own() -> None:
    own = (
        "select from_utc_timestamp(a, 'x'), unix_timestamp(a), a rlike 'x', cast(a as string), "
        "date_format(a, 'y') from t"
    )
    assert engine_violations(own) == []
    for sql, construct in {
        "select epoch(a) from t": "epoch()",
        "select a from t qualify row_number() over (order by a nulls last) = 1": "QUALIFY",
        "select row_number() over (order by a) from t": "ORDER BY without NULLS FIRST/LAST",
        "select list_filter(a, 1) from t": "list_filter()",
        "select current_timestamp()": "current_timestamp()",
    }.items():
        assert [violation.construct for violation in engine_violations(sql)] == [construct]


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize(
    "sql",
    [
        "with t as (select * from raw.x), final as (select cast(a as int) as a, b from t) "
        "select * from final",
        "with t as (select cast(a as date) as a from x), u as (select t.a from t) select a from u",
        "select a = 1 as x, a is null and b > 2 as y, not c as z, a in (1, 2) as w from t",
        "select cast(a as date) as a from t union all select a from u",
        "select coalesce(t.a, '') as a, max(t.b) as b, case when c then t.a else null end as c "
        "from t",
        "with t as (select count(*) as n from x) select cast(n as bigint) as n from t",
        "select s.a from (select cast(a as date) as a from t) as s left join u on s.a = u.a",
        "select cast(a as int) as a, a as b from (select cast(1 as int) as a) as s",
        "with n (a) as (select cast(1 as int)) select a from n",
        "select (select max(u.a) from u where u.b = t.b) as a from t",
    ],
)
def test_a_typed_output_passes(sql: str, dialect: str) -> None:
    assert [str(violation) for violation in output_violations(sql, dialect)] == []


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize(
    ("sql", "construct"),
    {
        "select count(*) as n from t": "output column n without a cast",
        "select 'x' as a from t": "output column a without a cast",
        "select null as a from t": "output column a without a cast",
        "select a + b as c from t": "output column c without a cast",
        "with t as (select 1 as a), u as (select * from t) select u.a as b from u": (
            "output column b without a cast"
        ),
        "select cast(a as date) as a from t union all select null from u": (
            "output column a without a cast"
        ),
        "select case when a then 1 else 0 end as b from t": "output column b without a cast",
        "select coalesce(a, 0) as b from t": "output column b without a cast",
        "select row_number() over (order by a nulls last) as b from t": (
            "output column b without a cast"
        ),
        "with t as (select * from x), final as (select * from t) select * from final": (
            "select * reaches the output"
        ),
        "select t.*, cast(1 as int) as a from t": "select * reaches the output",
    }.items(),
)
def test_an_output_without_a_type_is_caught(sql: str, construct: str, dialect: str) -> None:
    assert [violation.construct for violation in output_violations(sql, dialect)] == [construct]


@pytest.mark.parametrize("sql", [STAGING, MART], ids=["staging", "mart"])
def test_the_output_of_a_clean_model_is_typed(sql: str) -> None:
    compiled = strip_jinja(sql).sql.strip().removeprefix("__jinja__")
    assert [str(violation) for violation in output_violations(compiled, "duckdb")] == []


def _planted_in_a_model(old: str, new: str) -> str:
    assert MART.count(old) == 1
    return MART.replace(old, new)


# What is planted in a model that is clean otherwise → what is found, and what to write instead.
REMEDIES = {
    "QUALIFY": (
        _planted_in_a_model(
            "    from totals\n",
            "    from totals\n    qualify rank() over (order by totals.lead_id nulls last) = 1\n",
        ),
        "row_number() in the next CTE",
    ),
    "::": (
        _planted_in_a_model("cast(totals.n_rejected as bigint)", "totals.n_rejected::bigint"),
        "cast(… as …)",
    ),
    "WITH RECURSIVE": (
        _planted_in_a_model("\nwith\n", "\nwith recursive\n"),
        "each round as a CTE or a model",
    ),
    "string_agg()": (
        _planted_in_a_model(
            "        totals.lead_id,\n        totals.last",
            "        cast(string_agg(totals.lead_id, ',') as {{ dbt.type_string() }}) as ids,\n"
            "        totals.last",
        ),
        "ordered_text_agg (macros/portable/ordered_text_agg.sql)",
    ),
    "output column n_rejected without a cast": (
        _planted_in_a_model("cast(totals.n_rejected as bigint) as", "totals.n_rejected as"),
        "write cast(… as …) as n_rejected",
    ),
}


def _all_violations(source: str) -> list[sql_subset.Violation]:
    """Both lints, as test_portability.py has them judge the project's models."""
    compiled = strip_jinja(source).sql
    return violations(source) + output_violations(compiled, "duckdb")


@pytest.mark.parametrize(
    ("construct", "planted", "remedy"),
    [(construct, *rest) for construct, rest in REMEDIES.items()],
    ids=REMEDIES,
)
def test_what_is_planted_in_a_clean_model_is_found_alone_and_its_remedy_named(
    construct: str, planted: str, remedy: str
) -> None:
    assert _all_violations(MART) == []
    found = _all_violations(planted)
    assert [violation.construct for violation in found] == [construct]
    assert remedy in str(found[0])


# Words of a remedy that name a macro: those before "(macros/portable/<file>.sql)".
NAMED = re.compile(r"use ((?:\w+…?(?:, | or )?)+) \(macros/portable/(\w+)[.]sql\)")


def test_every_macro_that_a_remedy_names_exists_where_it_says() -> None:
    remedies = [*sql_subset.FUNCTIONS.values(), *sql_subset.TYPE_HINTS.values()]
    remedies += [remedy for _, remedy in sql_subset.JINJA_CALLS]
    named = [match for remedy in remedies for match in NAMED.findall(remedy)]
    assert len(named) > 10
    folder = Path(__file__).resolve().parents[2] / "macros" / "portable"
    for macros, file in set(named):
        text = (folder / f"{file}.sql").read_text()
        for macro in re.split(", | or ", macros):
            opening = macro.removesuffix("…") if macro.endswith("…") else f"{macro}("
            assert f"macro {opening}" in text, f"{macro} is not in {file}.sql"
