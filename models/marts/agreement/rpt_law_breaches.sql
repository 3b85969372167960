with handoff_laws as (

    select * from {{ ref('int_handoff_laws') }}

),

unmapped_values as (

    select * from {{ ref('rpt_unmapped_values') }}

),

versions as (

    select * from {{ ref('dim_agreement_versions') }}

),

agreed_laws as (

    select * from {{ ref('agreement_laws') }}

),

users as (

    select * from {{ ref('dim_sales_users') }}

),

build_clock as (

    select * from {{ ref('int_build_clock') }}

),

breaches as (

    select
        law,
        version_id,
        'hand_off' as offender_kind,
        handoff_id as offender,
        handoff_id,
        lead_id,
        user_key,
        team,
        judged_at as breached_at,
        evidence
    from handoff_laws
    where verdict = 'breached'

    union all

    -- A word is unmapped now, whenever it was used.
    select
        'everything_is_mapped' as law,
        versions.version_id,
        unmapped_values.kind as offender_kind,
        unmapped_values.system || ':' || unmapped_values.kind || ':'
        || unmapped_values.raw_value as offender,
        cast(null as {{ dbt.type_string() }}) as handoff_id,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        cast(null as {{ dbt.type_string() }}) as user_key,
        cast(null as {{ dbt.type_string() }}) as team,
        build_clock.as_of as breached_at,
        '"' || unmapped_values.raw_value || '" is not in ' || unmapped_values.mapping || ' ('
        || cast(unmapped_values.n_rows as {{ dbt.type_string() }}) || ' rows, such as '
        || unmapped_values.example_record || ')' as evidence
    from unmapped_values
    cross join build_clock
    left join versions
        on versions.is_in_force

    {% for team in ['marketing', 'sales'] %}
    union all

    select
        'both_teams_signed' as law,
        versions.version_id,
        'signature' as offender_kind,
        versions.version_id || ':{{ team }}' as offender,
        cast(null as {{ dbt.type_string() }}) as handoff_id,
        cast(null as {{ dbt.type_string() }}) as lead_id,
        cast(null as {{ dbt.type_string() }}) as user_key,
        '{{ team }}' as team,
        versions.effective_from as breached_at,
        'version ' || versions.version_id || ' has no valid signature of {{ team }}' as evidence
    from versions
    cross join build_clock
    where
        versions.effective_from <= build_clock.as_of
        and not versions.is_signed_by_{{ team }}
    {% endfor %}
),

final as (

    select
        cast(breaches.law as {{ dbt.type_string() }}) as law,
        cast(breaches.offender as {{ dbt.type_string() }}) as offender,
        cast(breaches.offender_kind as {{ dbt.type_string() }}) as offender_kind,
        cast(breaches.version_id as {{ dbt.type_string() }}) as version_id,
        cast(breaches.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(breaches.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(breaches.user_key as {{ dbt.type_string() }}) as user_key,
        cast(users.name as {{ dbt.type_string() }}) as user_name,
        cast(breaches.team as {{ dbt.type_string() }}) as team,
        cast(breaches.breached_at as timestamp) as breached_at,
        cast(breaches.evidence as {{ dbt.type_string() }}) as evidence,
        cast(coalesce(agreed_laws.severity, 'error') as {{ dbt.type_string() }}) as severity,
        cast(coalesce(agreed_laws.tolerated_breaches, 0) as bigint) as n_tolerated
    from breaches
    left join agreed_laws
        on
            breaches.version_id = agreed_laws.version_id
            and breaches.law = agreed_laws.law
    left join users
        on breaches.user_key = users.user_key

)

select * from final
