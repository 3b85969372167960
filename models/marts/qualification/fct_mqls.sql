with mqls as (

    select * from {{ ref('int_mqls') }}

),

evidence as (

    select * from {{ ref('int_mql_evidence') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

sources as (

    select * from {{ ref('dim_lead_sources') }}

),

numbered as (

    select
        mqls.*,
        evidence.known_at,
        handoffs.handoff_id,
        handoffs.cycle_number,
        handoffs.source,
        handoffs.campaign_key,
        versions.threshold_score,
        row_number() over (
            partition by mqls.lead_id
            order by mqls.mql_at asc nulls last, mqls.cycle_index asc nulls last
        ) as mql_number
    from mqls
    inner join evidence
        on
            mqls.lead_id = evidence.lead_id
            and mqls.cycle_index = evidence.cycle_index
    inner join handoffs
        on
            mqls.lead_id = handoffs.lead_id
            and mqls.cycle_index = handoffs.cycle_index
    inner join versions
        on mqls.version_id = versions.version_id

),

final as (

    select
        cast(
            numbered.lead_id || ':mql:' || cast(numbered.mql_number as {{ dbt.type_string() }})
            as {{ dbt.type_string() }}
        ) as mql_id,
        cast(numbered.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(numbered.handoff_id as {{ dbt.type_string() }}) as handoff_id,
        cast(numbered.cycle_number as bigint) as cycle_number,
        cast(numbered.mql_number as bigint) as mql_number,
        cast(numbered.mql_at as timestamp) as mql_at,
        cast(numbered.mql_precision as {{ dbt.type_string() }}) as mql_precision,
        cast(numbered.version_id as {{ dbt.type_string() }}) as version_id,
        cast(numbered.basis as {{ dbt.type_string() }}) as basis,
        cast(numbered.path as {{ dbt.type_string() }}) as path,
        cast(numbered.evidence as {{ dbt.type_string() }}) as evidence,
        cast(numbered.known_at as timestamp) as known_at,
        cast(numbered.known_at > numbered.mql_at as boolean) as is_hindsight,
        cast(numbered.score as decimal(18, 4)) as score,
        cast(numbered.fit as decimal(18, 4)) as fit,
        cast(numbered.engagement as decimal(18, 4)) as engagement,
        cast(numbered.threshold_score as decimal(18, 4)) as threshold_score,
        cast(numbered.hand_raised_at as timestamp) as hand_raised_at,
        cast(numbered.must_haves_held as boolean) as must_haves_held,
        cast(numbered.is_disqualified as boolean) as is_disqualified,
        cast(numbered.disqualifier_label as {{ dbt.type_string() }}) as disqualifier_label,
        cast(numbered.fit_basis as {{ dbt.type_string() }}) as fit_basis,
        cast(numbered.criteria_basis as {{ dbt.type_string() }}) as criteria_basis,
        cast(numbered.source as {{ dbt.type_string() }}) as source,
        cast(sources.channel as {{ dbt.type_string() }}) as channel,
        cast(numbered.campaign_key as {{ dbt.type_string() }}) as campaign_key
    from numbered
    left join sources
        on numbered.source = sources.source

)

select * from final
