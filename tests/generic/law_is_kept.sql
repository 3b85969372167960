{#-
    A law of the agreement, judged hand-off by hand-off in a column of `kept`, `breached`
    and `not_judged`, is not breached more often than the version in force tolerates
    (agreement_laws.tolerated_breaches, at the build's clock; 0 where it says nothing).

    Arguments:
        law: name of the law.

    Returns the breaches, each with a message, but only past the ceiling.
-#}
{% test law_is_kept(model, column_name, law) %}

with breaches as (
    select
        handoff_id,
        decision,
        decided_at,
        decider_team
    from {{ model }}
    where {{ column_name }} = 'breached'
),

tolerance as ({{ tolerated_breaches(law) }})

select
    breaches.handoff_id,
    'Law {{ law }}: hand-off ' || breaches.handoff_id || ', ' || breaches.decision || ' at '
    || cast(breaches.decided_at as {{ dbt.type_string() }}) || ' by team '
    || coalesce(breaches.decider_team, 'unknown')
    || ', breaks it; agreement_laws tolerates '
    || cast(tolerance.tolerated_breaches as {{ dbt.type_string() }}) || ' in all' as message
from breaches
cross join tolerance
where (select count(*) from breaches) > tolerance.tolerated_breaches

{% endtest %}
