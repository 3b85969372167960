with system_mqls as (

    select * from {{ ref('int_system_mqls') }}

),

agreed_mqls as (

    select * from {{ ref('int_mqls') }}

),

mqls as (

    select * from {{ ref('fct_mqls') }}

),

lead_scores as (

    select * from {{ ref('int_lead_scores') }}

),

cycles as (

    select * from {{ ref('int_lead_cycles') }}

),

handoffs as (

    select * from {{ ref('int_handoffs') }}

),

sales_acts as (

    select * from {{ ref('int_cycle_sales_acts') }}

),

customer_periods as (

    select * from {{ ref('int_customer_periods') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

persons as (

    select * from {{ ref('all__persons') }}

),

lead_keys as (

    select * from {{ ref('int_lead_keys') }}

),

system_scores as (

    select
        lead_keys.lead_id,
        max(persons.stamped_score) as stamped_score
    from persons
    inner join lead_keys
        on persons.record_key = lead_keys.record_key
    where persons.stamped_score is not null
    group by lead_keys.lead_id

),

-- A trip in which the system, the agreement or both say MQL.
paired as (

    select
        cycles.lead_id,
        cycles.cycle_index,
        cycles.started_at as cycle_started_at,
        cycles.is_never_again,
        cycles.cool_down_until,
        system_mqls.stamped_at,
        system_mqls.stamped_precision,
        system_mqls.stamped_by,
        system_mqls.evidence as stamped_evidence,
        {{ last_second('system_mqls.stamped_at', 'system_mqls.stamped_precision') }}
            as stamped_until,
        agreed_mqls.mql_at,
        agreed_mqls.mql_precision
    from cycles
    left join system_mqls
        on
            cycles.lead_id = system_mqls.lead_id
            and cycles.cycle_index = system_mqls.cycle_index
    left join agreed_mqls
        on
            cycles.lead_id = agreed_mqls.lead_id
            and cycles.cycle_index = agreed_mqls.cycle_index
    where system_mqls.lead_id is not null or agreed_mqls.lead_id is not null

),

-- What the agreement knew of the lead at the system's moment: the trip's last event up to then.
states as (

    select
        paired.lead_id,
        paired.cycle_index,
        lead_scores.score,
        lead_scores.fit,
        lead_scores.must_haves_held,
        lead_scores.is_disqualified,
        lead_scores.disqualifier_label,
        lead_scores.hand_raised_at,
        row_number() over (
            partition by paired.lead_id, paired.cycle_index
            order by lead_scores.event_at desc nulls last
        ) as rank_from_last
    from paired
    inner join lead_scores
        on
            paired.lead_id = lead_scores.lead_id
            and paired.cycle_index = lead_scores.cycle_index
            and paired.stamped_until >= lead_scores.event_at

),

versioned as (

    select
        paired.*,
        versions.version_id,
        versions.basis,
        versions.qualification,
        versions.threshold_score,
        versions.minimum_fit,
        versions.customer_scope
    from paired
    left join versions
        on
            paired.stamped_at >= versions.effective_from
            and (
                paired.stamped_at < versions.effective_to
                or versions.effective_to is null
            )

),

customers as (

    select distinct
        versioned.lead_id,
        versioned.cycle_index
    from versioned
    inner join customer_periods
        on
            versioned.lead_id = customer_periods.lead_id
            and customer_periods.scope in ('lead', versioned.customer_scope)
            and customer_periods.customer_since < versioned.stamped_at
            and customer_periods.customer_until >= versioned.stamped_at

),

judged as (

    select
        versioned.*,
        states.score,
        states.fit,
        states.must_haves_held,
        states.is_disqualified,
        states.disqualifier_label,
        states.hand_raised_at,
        sales_acts.taken_up_at,
        customers.lead_id is not null as is_customer
    from versioned
    left join states
        on
            versioned.lead_id = states.lead_id
            and versioned.cycle_index = states.cycle_index
            and states.rank_from_last = 1
    left join sales_acts
        on
            versioned.lead_id = sales_acts.lead_id
            and versioned.cycle_index = sales_acts.cycle_index
    left join customers
        on
            versioned.lead_id = customers.lead_id
            and versioned.cycle_index = customers.cycle_index

),

-- Of several rules that do not hold, what stands above the score is named before it. Who asked
-- for sales passes the cool-down, but not `never`, and needs no score.
ruled as (

    select
        judged.*,
        case
            when stamped_at is null then 'never_stamped'
            when mql_at is not null and mql_at < stamped_at then 'stamped_later'
            when mql_at is not null and mql_at <= stamped_until then null
            when version_id is null then 'before_first_version'
            when basis = 'stamped' then 'stamp_not_listed'
            when is_customer then 'customer'
            when taken_up_at < stamped_at then 'taken_up'
            when is_never_again then 'cool_down'
            when cool_down_until > stamped_at and hand_raised_at is null then 'cool_down'
            when score is null then 'no_event'
            when not must_haves_held then 'must_have'
            when is_disqualified then 'disqualifier'
            when hand_raised_at is not null then 'no_event'
            when qualification = 'matrix' then 'matrix'
            when fit < minimum_fit then 'minimum_fit'
            when score < threshold_score then 'threshold'
            else 'no_event'
        end as differs_by
    from judged

),

final as (

    select
        cast(ruled.lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(ruled.cycle_index as bigint) as cycle_index,
        cast(ruled.cycle_started_at as timestamp) as cycle_started_at,
        cast(handoffs.cycle_number as bigint) as cycle_number,
        cast(mqls.mql_id as {{ dbt.type_string() }}) as mql_id,
        cast(
            case
                when ruled.stamped_at is null then 'only_agreement'
                when ruled.mql_at is null then 'only_system'
                else 'both'
            end as {{ dbt.type_string() }}
        ) as outcome,
        cast(ruled.mql_at as timestamp) as agreed_mql_at,
        cast(ruled.stamped_at as timestamp) as system_mql_at,
        cast(ruled.stamped_precision as {{ dbt.type_string() }}) as system_mql_precision,
        cast(ruled.stamped_by as {{ dbt.type_string() }}) as system_stamped_by,
        cast(ruled.stamped_evidence as {{ dbt.type_string() }}) as system_evidence,
        cast({{ days_between('ruled.mql_at', 'ruled.stamped_at') }} as decimal(18, 4))
            as days_apart,
        cast(ruled.differs_by as {{ dbt.type_string() }}) as differs_by,
        cast(ruled.version_id as {{ dbt.type_string() }}) as version_id,
        cast(ruled.score as decimal(18, 4)) as score_at_stamp,
        cast(ruled.threshold_score - ruled.score as decimal(18, 4)) as points_below_threshold,
        cast(ruled.disqualifier_label as {{ dbt.type_string() }}) as disqualifier_label,
        cast(system_scores.stamped_score as decimal(18, 4)) as system_score_now
    from ruled
    left join handoffs
        on
            ruled.lead_id = handoffs.lead_id
            and ruled.cycle_index = handoffs.cycle_index
    left join mqls
        on handoffs.handoff_id = mqls.handoff_id
    left join system_scores
        on ruled.lead_id = system_scores.lead_id

)

select * from final
