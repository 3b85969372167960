{#-
    The columns together name one row: none of them is null and no combination occurs
    twice. One test instead of a not_null and a unique for every model.

    Arguments:
        columns: list of column names that make the key.
        nullable: those of them that may be null (two nulls count as equal), such as the
            open start of a validity.

    Returns one row per offending combination, with the number of its rows.
-#}
{% test key(model, columns, nullable=[]) %}

select
    {{ columns | join(',\n    ') }},
    count(*) as n_rows
from {{ model }}
group by
    {{ columns | join(',\n    ') }}
having
    count(*) > 1
    {%- for column in columns if column not in nullable %}
    or {{ column }} is null
    {%- endfor %}

{% endtest %}
