{#-
    A law of the agreement is not breached more often under a version than that version
    tolerates (agreement_laws.tolerated_breaches; 0 where it says nothing). Its offenders are
    kept (`store_failures`), save on Spark, where a test cannot make a table.

    Arguments:
        agreed_severity: `error` or `warn`: only breaches of versions that gave the law this
            severity. dbt's own severity cannot come from data, hence a test for each.
        law: name of the law; all laws if left out.

    Returns the breaches past a ceiling, the first of each law and version before all others,
    each with a message.
-#}
{% test law_is_kept(model, agreed_severity, law=none) %}

{{ config(store_failures=(target.type != 'spark')) }}

with breaches as (
    select
        law_breaches.*,
        count(*) over (partition by law, version_id) as n_breaches,
        row_number() over (
            partition by law, version_id
            order by breached_at asc nulls last, offender asc nulls last
        ) as breach_number
    from {{ model }} as law_breaches
    where
        severity = '{{ agreed_severity }}'
        {%- if law %}
        and law = '{{ law }}'
        {%- endif %}
)

select
    breach_number,
    law,
    version_id,
    offender,
    'Law ' || law || ', version ' || {{ shown('version_id') }} || ': breached '
    || cast(n_breaches as {{ dbt.type_string() }}) || ' times, '
    || cast(n_tolerated as {{ dbt.type_string() }}) || ' tolerated; for example '
    || offender || ' (' || coalesce(user_name, user_key, 'team ' || team, 'nobody known')
    || ', ' || {{ shown('breached_at') }} || '): ' || evidence as message
from breaches
where n_breaches > n_tolerated

{% endtest %}
