"""The SQL that DuckDB, Spark and Postgres share, as a lint of the models.

`violations` reads a model's source: what its author wrote, Jinja left out, so that the
per-engine bodies of the macros in macros/portable are not judged. `engine_violations` reads
SQL compiled for Spark: there the macros' output is judged too, by the rules that Spark itself
sets. `output_violations` reads compiled SQL and follows every output column back to the cast
that fixes its type.

A lint, no proof: it knows the constructs that have differed, not all that may.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from jinja2 import Environment
from sqlglot import exp
from sqlglot.tokens import Token, TokenType

JINJA = "__jinja__"


@dataclass(frozen=True, order=True)
class Violation:
    """One construct outside the subset: where it stands and what to write instead."""

    line: int
    construct: str
    instead: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.construct}: {self.instead}"


# ---------------------------------------------------------------------------- functions
PORTABLE = "write a dispatched macro in macros/portable"
AGGREGATE_ORDER = (
    "the order of its values differs by engine; use ordered_text_agg "
    "(macros/portable/ordered_text_agg.sql), or count, or take min/max"
)
LISTS = "keep one value per row; join or aggregate instead of lists and structs"
CLOCK = "no model reads the wall clock; use the build's as-of moment"
PARSE_DATES = "use parse_timestamp or parse_date (macros/portable/parsing.sql); elsewhere cast"
DATES = (
    "use seconds_between, days_between, add_days, period_start or local_time "
    "(macros/portable/time.sql)"
)
NUMBERS = (
    "use number_or_null (macros/portable/numbers.sql), or parse_… (macros/portable/parsing.sql)"
)
PICK = "take min or max, or pick one row by row_number() in a total order"
PATTERNS = "use text_matches (macros/portable/text.sql)"
LIKE = "a backslash in it escapes on Spark and Postgres; use text_like (macros/portable/text.sql)"
CONTAINS = "use text_contains or text_like (macros/portable/text.sql)"
NO_LISTS = re.compile(
    r"^(list|array|struct|map)_\w+$|^(list|array|struct|map|unnest|explode\w*|posexplode\w*"
    r"|inline|stack|flatten|collect_list|collect_set|named_struct|cardinality|element_at"
    r"|string_split\w*|string_to_array|regexp_split_to_\w+|generate_subscripts|row)$"
)


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _named(names: str, instead: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), instead)


FUNCTIONS: dict[str, str] = {
    **_named("string_agg listagg group_concat wm_concat", AGGREGATE_ORDER),
    **_named("array_agg list collect_list collect_set", AGGREGATE_ORDER),
    **_named(
        "now today current_date current_time current_timestamp localtime localtimestamp "
        "get_current_timestamp transaction_timestamp statement_timestamp clock_timestamp "
        "getdate sysdate unix_timestamp",
        CLOCK,
    ),
    **_named("strptime try_strptime to_date to_timestamp from_unixtime", PARSE_DATES),
    **_named("strftime to_char date_format", PORTABLE),
    **_named(
        "datediff date_diff datesub date_sub date_add dateadd timestampdiff timestampadd "
        "add_months months_between age epoch epoch_ms epoch_us timezone from_utc_timestamp "
        "to_utc_timestamp make_date make_timestamp make_interval date_part datepart last_day "
        "time_bucket dayofweek dayofyear weekday weekofyear isodow yearweek monthname dayname",
        DATES,
    ),
    **_named(
        "year quarter month week day hour minute second",
        "Postgres has none; use extract(… from …)",
    ),
    **_named("generate_series range sequence", "join to a seed or a table of days instead"),
    **_named("any_value arbitrary first last max_by min_by arg_max arg_min argmax argmin", PICK),
    **_named(
        "mode median quantile quantile_cont quantile_disc percentile",
        "use percentile_cont(…) within group (order by …)",
    ),
    **_named(
        "regexp_replace regexp_extract regexp_extract_all regexp_matches regexp_full_match "
        "regexp_like regexp_substr regexp_count regexp rlike",
        PATTERNS,
    ),
    **_named("contains starts_with startswith ends_with endswith prefix suffix", CONTAINS),
    **_named("strpos instr charindex locate", CONTAINS),
    **_named("split split_part", "use text_around (macros/portable/text.sql)"),
    **_named("concat", "null makes it null on Spark alone; use || and coalesce"),
    **_named("ifnull nvl isnull", "use coalesce"),
    **_named("if iff iif nvl2 decode", "use case when"),
    **_named("countif count_if sum_if", "use count(*) filter (where …)"),
    **_named("try_cast safe_cast", "Postgres has none; " + NUMBERS),
    **_named("log", "its base differs by engine; use ln"),
    **_named("trunc", "Spark's truncates dates; use floor, ceil or period_start"),
    **_named("random rand uuid gen_random_uuid", "no model is random; derive keys by md5"),
    **_named("hash xxhash64 sha256 sha2", "use md5 over text"),
    **_named("printf format format_number", PORTABLE),
    **_named("read_csv read_csv_auto read_parquet glob", "only landing reads files"),
}

# What Spark itself lacks, so that no macro may produce it there either.
ABSENT_ON_SPARK = _set(
    "string_agg group_concat strftime strptime try_strptime epoch epoch_ms epoch_us "
    "generate_series unnest today get_current_timestamp regexp_matches regexp_full_match strpos "
    "arg_max arg_min starts_with ends_with quantile_cont read_csv read_csv_auto glob"
)
WALL_CLOCK = frozenset(name for name, instead in FUNCTIONS.items() if instead is CLOCK)
NILADIC_CLOCK = _set("current_date current_time current_timestamp localtime localtimestamp")
NEEDS_ORDER = _set(
    "row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value "
    "nth_value"
)
# Type names that all three engines read alike. Text and floats go through macros.
TYPES = _set("boolean smallint int integer bigint date timestamp decimal numeric")
TYPE_HINTS = {
    **_named("varchar text string char character", "write {{ dbt.type_string() }}"),
    **_named("double float real float4 float8", "write {{ type_double() }} or a decimal"),
    **_named(
        "timestamptz timestamp_ntz timestamp_ltz datetime time timetz",
        "write timestamp (UTC, without a zone)",
    ),
}
EXTRACT_PARTS = _set("year quarter month day hour minute second")

# ------------------------------------------------------------------------------- jinja
JINJA_CALLS = (
    (
        re.compile(
            r"\b(dbt(_utils)?\.)?(current_timestamp\w*|snapshot_get_time)\s*\(|\bdatetime\.\w*now"
        ),
        CLOCK,
    ),
    (re.compile(r"\bdbt_utils\b|\bdbt_expectations\b"), "the project carries no packages"),
    (
        re.compile(
            r"\b(run_query|load_result|get_columns_in_relation|get_relation|load_relation"
            r"|get_column_values|get_columns_in_query)\s*\("
        ),
        "a model must compile without a connection; name the columns, or use var()",
    ),
    (re.compile(r"\bdbt\.(listagg|array_agg|array_\w+|any_value)\s*\("), AGGREGATE_ORDER),
    (
        re.compile(r"\bdbt\.datediff\s*\((?!.*['\"]day['\"])", re.S),
        "differs by engine for all but days; " + DATES,
    ),
    (
        re.compile(r"\bdbt\.(safe_cast|split_part|generate_series|date_spine)\s*\("),
        "not equal on all engines; use text_around, number_or_null or a macro in macros/portable",
    ),
    (
        re.compile(r"\bdbt\.type_float\s*\("),
        "32 bits wide on DuckDB and Spark; use type_double (macros/portable/numbers.sql)",
    ),
)


@dataclass(frozen=True)
class Stripped:
    """SQL with every Jinja expression replaced by a name and every tag by a blank."""

    sql: str
    jinja: tuple[tuple[int, str], ...]


def strip_jinja(source: str) -> Stripped:
    """Leave Jinja out without moving a line."""
    sql: list[str] = []
    jinja: list[tuple[int, str]] = []
    inside: list[str] | None = None
    line = start = 1

    def pad(to: int) -> None:
        nonlocal line
        if to > line:
            sql.append("\n" * (to - line))
            line = to

    for lineno, kind, value in Environment().lex(source):
        if kind == "data":
            pad(lineno)
            sql.append(value)
            line += value.count("\n")
        elif kind in ("variable_begin", "block_begin"):
            inside, start = [], lineno
        elif kind in ("variable_end", "block_end") and inside is not None:
            # The text of the call is kept for the checks on Jinja itself.
            jinja.append((start, "".join(inside)))
            pad(start)
            sql.append(JINJA if kind == "variable_end" else " ")
            inside = None
        elif inside is not None:
            inside.append(value)
    return Stripped("".join(sql), tuple(jinja))


# ------------------------------------------------------------------------------ tokens
class Tokens:
    """The tokens of one query, with the look-around that the rules need."""

    def __init__(self, sql: str, dialect: str) -> None:
        self.sql = sql
        self.items: list[Token] = sqlglot.tokenize(sql, read=dialect)
        self.words = [
            "" if token.token_type in (TokenType.STRING, TokenType.IDENTIFIER) else token.text
            for token in self.items
        ]
        self.words = [" ".join(word.lower().split()) for word in self.words]

    def __len__(self) -> int:
        return len(self.items)

    def word(self, index: int) -> str:
        return self.words[index] if 0 <= index < len(self.words) else ""

    def line(self, index: int) -> int:
        # The tokenizer gives the line on which a token ends.
        token = self.items[index]
        return token.line - self.sql[token.start : token.end + 1].count("\n")

    def source(self, index: int) -> str:
        token = self.items[index]
        return self.sql[token.start : token.end + 1]

    def closing(self, opening: int) -> int:
        """The index of the bracket that closes the one at `opening`."""
        depth = 0
        for index in range(opening, len(self)):
            if self.word(index) in ("(", "["):
                depth += 1
            elif self.word(index) in (")", "]"):
                depth -= 1
                if depth == 0:
                    return index
        return len(self) - 1

    def opening(self, closing: int) -> int:
        """The index of the bracket that opens the one at `closing`."""
        depth = 0
        for index in range(closing, -1, -1):
            if self.word(index) in (")", "]"):
                depth += 1
            elif self.word(index) in ("(", "["):
                depth -= 1
                if depth == 0:
                    return index
        return 0

    def is_call(self, index: int) -> bool:
        """A name followed by a bracket, and no alias, qualified name or CTE."""
        return (
            self.word(index + 1) == "("
            and bool(re.match(r"^[a-z_]\w*$", self.word(index)))
            and self.word(index - 1) not in (".", "as", "with", "create")
        )

    def opens_interval(self, index: int) -> bool:
        """The word interval before a number, a name or a bracket: not quoted, not a column."""
        if index + 1 >= len(self) or self.word(index - 1) in ("as", "."):
            return False
        after = self.items[index + 1].token_type
        return after in (TokenType.NUMBER, TokenType.VAR, TokenType.L_PAREN)


Found = Iterator[tuple[int, str, str]]


def _keywords(tokens: Tokens) -> Found:
    """Clauses and operators that not all engines have."""
    for i in range(len(tokens)):
        word, after, then = tokens.word(i), tokens.word(i + 1), tokens.word(i + 2)
        before = tokens.word(i - 1)
        if before == "." and word != "*":
            continue
        if word == "qualify":
            yield i, "QUALIFY", "filter on row_number() in the next CTE"
        elif word == "::":
            yield i, "::", "write cast(… as …)"
        elif word == "//":
            yield i, "//", "write floor(a / b), cast"
        elif word == "with" and after == "recursive":
            yield i, "WITH RECURSIVE", "write each round as a CTE or a model of its own"
        elif word in ("group by", "order by") and after == "all":
            yield i, f"{word.upper()} ALL", "name the columns"
        elif word == "distinct" and after == "on" and then == "(":
            yield i, "DISTINCT ON", "filter on row_number() in the next CTE"
        elif word == "asof":
            yield i, "ASOF JOIN", "join on the validity range, or pick by row_number()"
        elif word == "union" and after not in ("all", "distinct"):
            yield i, "UNION", "BigQuery has none; write union all or union distinct"
        elif word in ("semi", "anti") and after == "join":
            yield i, f"{word.upper()} JOIN", "write where [not] exists (…)"
        elif word == "positional" and after == "join":
            yield i, "POSITIONAL JOIN", "join on a key"
        elif word == "*" and (
            after in ("exclude", "replace", "rename") or (after == "except" and then == "(")
        ):
            yield i, f"* {after.upper()}", "list the columns"
        elif word == "columns" and after == "(" and before in ("select", ",", "(", "distinct"):
            yield i, "COLUMNS(…)", "list the columns"
        elif word == "by" and after == "name":
            yield i, "BY NAME", "list the columns of every branch in one order"
        elif word in ("pivot", "unpivot") and after == "(":
            yield i, word.upper(), "write one aggregate with a filter per column, or union all"
        elif word == "lateral" and after == "view":
            yield i, "LATERAL VIEW", LISTS
        elif word in ("ignore", "respect") and after == "nulls":
            yield i, f"{word.upper()} NULLS", "leave the nulls out in a CTE before"
        elif word == "tablesample" or (word == "using" and after == "sample"):
            yield i, "SAMPLE", "no model is random"
        elif word in ("->", "->>"):
            yield i, word, LISTS
        elif word in ("~", "~*", "!~", "rlike", "glob", "similar to"):
            yield i, word, PATTERNS
        elif word == "ilike":
            yield (
                i,
                "ilike",
                "BigQuery has none; lower both sides of text_like (macros/portable/text.sql)",
            )
        elif word == "like" and tokens.items[i + 1].token_type != TokenType.STRING:
            yield i, "like a pattern that is no text", LIKE
        elif word == ";":
            yield i, "a semicolon", "a model is one query; leave it out"
        elif word == "," and after in ("from", ")"):
            yield i, f"a comma before {after}", "Spark and Postgres do not allow it; leave it out"


def _lists(tokens: Tokens) -> Found:
    for i in range(len(tokens)):
        if tokens.word(i) in ("[", "{"):
            yield i, f"{tokens.word(i)} … (list or struct)", LISTS
        elif (
            tokens.is_call(i)
            and NO_LISTS.match(tokens.word(i))
            and tokens.word(i) not in FUNCTIONS
            and tokens.word(i - 1) not in ("in", "values", "from", "join", "over")
        ):
            yield i, f"{tokens.word(i)}()", LISTS


def _functions(tokens: Tokens) -> Found:
    for i in range(len(tokens)):
        word = tokens.word(i)
        if tokens.is_call(i) and word in FUNCTIONS:
            yield i, f"{word}()", FUNCTIONS[word]
        elif (
            word in NILADIC_CLOCK
            and tokens.word(i + 1) != "("
            and tokens.word(i - 1) not in (".", "as")
        ):
            yield i, word, CLOCK


def _functions_on_spark(tokens: Tokens) -> Found:
    for i in range(len(tokens)):
        word = tokens.word(i)
        if tokens.is_call(i) and (
            word in ABSENT_ON_SPARK or word in WALL_CLOCK - {"unix_timestamp"}
        ):
            yield i, f"{word}()", FUNCTIONS.get(word, LISTS)
        elif tokens.is_call(i) and word.startswith("list_"):
            yield i, f"{word}()", LISTS
        elif (
            word in NILADIC_CLOCK
            and tokens.word(i + 1) != "("
            and tokens.word(i - 1) not in (".", "as")
        ):
            yield i, word, CLOCK


def _types(tokens: Tokens) -> Found:
    """Type names in casts."""
    for i in range(len(tokens)):
        if tokens.word(i) != "cast" or tokens.word(i + 1) != "(":
            continue
        end, depth, name = tokens.closing(i + 1), 0, None
        for j in range(i + 1, end):
            depth += (tokens.word(j) == "(") - (tokens.word(j) == ")")
            if depth == 1 and tokens.word(j) == "as":
                name = j + 1
        if name is None or JINJA in tokens.word(name):
            continue
        word = tokens.word(name)
        if word not in TYPES or "with" in tokens.words[name:end]:
            yield name, f"type {word}", TYPE_HINTS.get(word, "use a type that all engines have")
        elif word in ("decimal", "numeric") and tokens.word(name + 1) != "(":
            yield name, f"{word} without a precision", "write decimal(18, 2) or decimal(18, 4)"


def _literals(tokens: Tokens) -> Found:
    for i in range(len(tokens)):
        kind, text = tokens.items[i].token_type, tokens.source(i)
        if kind == TokenType.IDENTIFIER:
            yield i, f"quoted name {text}", "it is text on Spark; use a plain lower-case name"
        elif kind == TokenType.STRING and "''" in text[1:-1]:
            yield i, f"quote inside {text}", "Spark before 4.1 drops it; use a seed or a macro"
        elif kind == TokenType.STRING and "\\" in text:
            yield i, f"backslash in {text}", "Spark reads an escape; write [0-9], [.] and the like"
        elif kind == TokenType.INTERVAL and tokens.opens_interval(i):
            yield i, "interval without quotes", "write interval '1 day', or use add_days"


def _extract(tokens: Tokens) -> Found:
    for i in range(len(tokens)):
        if tokens.word(i) == "extract" and tokens.word(i + 1) == "(":
            part = tokens.word(i + 2)
            if part not in EXTRACT_PARTS and JINJA not in part:
                yield i, f"extract({part or 'text'} from …)", DATES


def _orders(tokens: Tokens) -> Found:
    """Every ORDER BY says where its nulls go."""
    stop = {"rows", "range", "groups", "limit", "offset", "fetch", "union", "union all", "window"}
    for i in range(len(tokens)):
        if tokens.word(i) != "order by":
            continue
        # percentile_cont … within group (order by x) leaves nulls out by itself.
        if tokens.word(i - 1) == "(" and tokens.word(i - 2) == "group":
            continue
        item: list[int] = []
        depth, j = 0, i + 1
        while True:
            word = tokens.word(j)
            is_end = j >= len(tokens) or (depth == 0 and (word == ")" or word in stop))
            if is_end or (depth == 0 and word == ","):
                words = [tokens.word(k) for k in item]
                # A macro that writes the whole item is judged in the compiled SQL.
                if item and words != [JINJA] and words[-2:-1] != ["nulls"]:
                    yield (
                        item[0],
                        "ORDER BY without NULLS FIRST/LAST",
                        "nulls sort last on DuckDB, first on Spark; say nulls first or nulls last",
                    )
                item = []
                if is_end:
                    break
            else:
                depth += (word in ("(", "[")) - (word in (")", "]"))
                item.append(j)
            j += 1


def _windows(tokens: Tokens) -> Found:
    """Ranking and offset functions have an order; frames and aggregates that all have."""
    named = {
        tokens.word(i - 2): (i, tokens.closing(i))
        for i in range(2, len(tokens))
        if tokens.word(i) == "(" and tokens.word(i - 1) == "as" and "window" in tokens.words[:i]
    }
    for i in range(len(tokens)):
        if tokens.word(i) != "over":
            continue
        if tokens.word(i + 1) == "(":
            start, end = i + 1, tokens.closing(i + 1)
        elif tokens.word(i + 1) in named:
            start, end = named[tokens.word(i + 1)]
        else:
            continue
        body = tokens.words[start + 1 : end]
        close = i - 1
        # `count(*) filter (where …) over (…)`
        if tokens.word(close) == ")" and tokens.word(tokens.opening(close) - 1) == "filter":
            close = tokens.opening(close) - 2
        if tokens.word(close) != ")":
            continue
        opening = tokens.opening(close)
        function = tokens.word(opening - 1)
        is_inherited = any(word in named for word in body[:1])
        is_ordered = is_inherited or any(word == "order by" or JINJA in word for word in body)
        if function in NEEDS_ORDER and not is_ordered:
            yield (
                opening - 1,
                f"{function}() without an order",
                "add order by over columns that make the order total",
            )
        if tokens.word(opening + 1) == "distinct":
            yield (
                opening - 1,
                f"{function}(distinct …) over",
                "Spark has none; aggregate in a CTE and join",
            )
        if "range" in body and "interval" in body:
            yield (
                start,
                "RANGE … INTERVAL frame",
                "frame by rows, or join on the range of moments",
            )


SOURCE_RULES: tuple[Callable[[Tokens], Found], ...] = (
    _keywords,
    _lists,
    _functions,
    _types,
    _literals,
    _extract,
    _orders,
    _windows,
)
# Spark's own macros may well call Spark's own functions and types.
ENGINE_RULES: tuple[Callable[[Tokens], Found], ...] = (
    _keywords,
    _functions_on_spark,
    _orders,
    _windows,
)
ENGINE_OWN = _set("rlike ->") | {
    "LATERAL VIEW",
    "IGNORE NULLS",
    "SEMI JOIN",
    "ANTI JOIN",
    "like a pattern that is no text",
}


def violations(source: str) -> list[Violation]:
    """The constructs outside the subset in a model's source, Jinja allowed."""
    stripped = strip_jinja(source)
    tokens = Tokens(stripped.sql, "duckdb")
    found = {
        Violation(tokens.line(index), construct, instead)
        for rule in SOURCE_RULES
        for index, construct, instead in rule(tokens)
    }
    for line, text in stripped.jinja:
        for pattern, instead in JINJA_CALLS:
            match = pattern.search(text)
            if match:
                found.add(Violation(line, "{{ " + match.group(0).strip() + " }}", instead))
    return sorted(found)


def engine_violations(compiled: str) -> list[Violation]:
    """What Spark lacks or sorts otherwise, in SQL compiled for Spark, macros included."""
    tokens = Tokens(compiled, "spark")
    return sorted(
        {
            Violation(tokens.line(index), construct, instead)
            for rule in ENGINE_RULES
            for index, construct, instead in rule(tokens)
            if construct not in ENGINE_OWN
        }
    )


# ----------------------------------------------------------------------------- outputs
class Columns:
    """What a query gives: named columns, each typed or not, and perhaps all of a relation."""

    def __init__(self) -> None:
        self.named: dict[str, bool] = {}
        self.is_open = False

    def typed(self, name: str) -> bool | None:
        """Whether the column's type is fixed; None when the query has no such column."""
        if name in self.named:
            return self.named[name]
        return True if self.is_open else None


RELATION = Columns()
RELATION.is_open = True

# The result has the type of the arguments, so it is fixed when theirs are.
KEEPS_TYPE = (
    exp.Coalesce,
    exp.Nullif,
    exp.Greatest,
    exp.Least,
    exp.Min,
    exp.Max,
    exp.Lag,
    exp.Lead,
    exp.FirstValue,
    exp.LastValue,
    exp.NthValue,
)
BOOLEAN = (exp.Predicate, exp.Connector, exp.Not, exp.Boolean, exp.LogicalOr, exp.LogicalAnd)


class Outputs:
    """Follows the output columns of one query back to what fixes their types."""

    def query(self, node: exp.Expression, ctes: dict[str, Columns]) -> Columns:
        ctes = dict(ctes)
        with_ = node.args.get("with_") or node.args.get("with")
        for cte in with_.expressions if with_ else ():
            columns = self.query(cte.this, ctes)
            if cte.alias_column_names and not columns.is_open:
                named = zip(cte.alias_column_names, columns.named.values(), strict=False)
                columns.named = {name.lower(): is_typed for name, is_typed in named}
            ctes[cte.alias_or_name.lower()] = columns
        if isinstance(node, exp.SetOperation):
            return self.union(self.query(node.left, ctes), self.query(node.right, ctes))
        if isinstance(node, exp.Subquery):
            return self.query(node.this, ctes)
        if isinstance(node, exp.Select):
            return self.select(node, ctes)
        return RELATION

    def union(self, left: Columns, right: Columns) -> Columns:
        both = Columns()
        both.is_open = left.is_open or right.is_open
        others = list(right.named.values())
        for position, (name, is_typed) in enumerate(left.named.items()):
            other = others[position] if position < len(others) and not right.is_open else True
            both.named[name] = is_typed and other
        return both

    def select(self, select: exp.Select, ctes: dict[str, Columns]) -> Columns:
        sources = self.sources(select, ctes)
        columns = Columns()
        for item in select.expressions:
            if item.is_star:
                table = item.table.lower() if isinstance(item, exp.Column) else ""
                for source in [sources[table]] if table in sources else sources.values():
                    columns.named |= source.named
                    columns.is_open |= source.is_open
            else:
                name = (item.alias_or_name or item.sql()).lower()
                columns.named[name] = self.is_typed(item, sources, columns, ctes)
        return columns

    def sources(self, select: exp.Select, ctes: dict[str, Columns]) -> dict[str, Columns]:
        from_ = select.args.get("from_") or select.args.get("from")
        nodes = [from_.this] if from_ else []
        nodes += [join.this for join in select.args.get("joins") or ()]
        sources: dict[str, Columns] = {}
        for node in nodes:
            name = node.alias_or_name.lower()
            if isinstance(node, exp.Table):
                known = None if node.db else ctes.get(node.name.lower())
                sources[name] = known or RELATION
            elif isinstance(node, exp.Subquery):
                sources[name] = self.query(node.this, ctes)
            else:
                sources[name] = RELATION
        return sources

    def is_typed(
        self,
        node: exp.Expression | None,
        sources: dict[str, Columns],
        so_far: Columns,
        ctes: dict[str, Columns],
    ) -> bool:
        def recurse(inner: exp.Expression | None) -> bool:
            return self.is_typed(inner, sources, so_far, ctes)

        def value(inner: exp.Expression | None) -> bool:
            # Null and text take the type of what stands beside them.
            return (
                isinstance(inner, exp.Null)
                or (isinstance(inner, exp.Literal) and inner.is_string)
                or recurse(inner)
            )

        if isinstance(node, exp.Alias | exp.Paren | exp.Filter | exp.Window):
            return recurse(node.this)
        if isinstance(node, exp.IgnoreNulls | exp.RespectNulls):
            return recurse(node.this)
        if isinstance(node, (exp.Cast, *BOOLEAN)):
            return True
        if isinstance(node, exp.Column):
            name, table = node.name.lower(), node.table.lower()
            if table:
                return sources.get(table, RELATION).typed(name) is not False
            known = [source.typed(name) for source in sources.values() if name in source.named]
            if known:
                return all(known)
            if any(source.is_open for source in sources.values()):
                return True
            # An alias of this very select, or a column of an outer query.
            return so_far.named.get(name, True)
        if isinstance(node, exp.Case):
            results = [branch.args["true"] for branch in node.args["ifs"]]
            results.append(node.args.get("default") or exp.Null())
            return any(recurse(result) for result in results) and all(map(value, results))
        if isinstance(node, KEEPS_TYPE):
            arguments = [node.this, *(node.args.get("expressions") or ())]
            arguments += [node.expression] if isinstance(node, exp.Nullif) else []
            if isinstance(node, exp.Lag | exp.Lead | exp.NthValue | exp.Nullif):
                arguments = arguments[:1]
            return recurse(node.this) and all(map(value, arguments))
        if isinstance(node, exp.Subquery):
            inner = self.query(node.this, ctes)
            return all(inner.named.values())
        return False


def output_violations(compiled: str, dialect: str) -> list[Violation]:
    """Output columns of a compiled model whose type no cast fixes, or that it does not list.

    A column is typed by a cast, by a relation that the model reads (where it is cast already),
    by a truth value, or by an expression that keeps the type of typed arguments (case,
    coalesce, min, max, lag …). Lines are those of the last mention of the column.
    """
    tree = sqlglot.parse_one(compiled, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    columns = Outputs().query(tree, {})
    lines = compiled.lower().splitlines()

    def line_of(word: str) -> int:
        mention = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        found = [number for number, text in enumerate(lines, 1) if mention.search(text)]
        return found[-1] if found else len(lines)

    found = [
        Violation(
            line_of(name),
            f"output column {name} without a cast",
            f"write cast(… as …) as {name}, so that every engine gives one type",
        )
        for name, is_typed in columns.named.items()
        if not is_typed
    ]
    if columns.is_open:
        found.append(
            Violation(
                line_of("*"),
                "select * reaches the output",
                "list the columns in `final`; `select *` is for import CTEs and the last line",
            )
        )
    return sorted(found)
