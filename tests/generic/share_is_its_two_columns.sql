{#-
    A stored share is the quotient of two columns that stand beside it, to the digit that its type
    keeps: who doubts it can divide.

    Arguments:
        numerator, denominator: names of the columns with the two counts or sums.

    Returns the rows in which it is another number, or none where the quotient is one.
-#}
{% test share_is_its_two_columns(model, column_name, numerator, denominator) %}

select
    {{ column_name }},
    {{ numerator }},
    {{ denominator }}
from {{ model }}
where
    ({{ column_name }} is null) <> ({{ numerator }} is null or coalesce({{ denominator }}, 0) = 0)
    or abs(
        cast({{ column_name }} as {{ type_double() }})
        - cast({{ numerator }} as {{ type_double() }})
        / nullif(cast({{ denominator }} as {{ type_double() }}), 0)
    ) > 0.0000501

{% endtest %}
