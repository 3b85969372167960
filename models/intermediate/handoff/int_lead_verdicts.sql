with status_changes as (

    select * from {{ ref('int_lead_status_changes') }}

),

versions as (

    select * from {{ ref('agreement_versions') }}

),

-- Within one second, or one day known only as such, the funnel's own order holds.
ordered as (

    select
        status_changes.*,
        row_number() over (
            partition by lead_id
            order by
                changed_at asc nulls last,
                {{ funnel_order('stage') }} asc nulls last,
                change_key asc nulls last
        ) as status_order
    from status_changes
    where stage is not null

),

-- Marketing took the lead up again: what sales say after it belongs to another trip.
counted as (

    select
        ordered.*,
        sum(case when stage in ('new', 'nurture', 'mql', 'handed_on') then 1 else 0 end) over (
            partition by lead_id
            order by status_order asc nulls last
            rows between unbounded preceding and current row
        ) as n_marketing_statuses
    from ordered

),

verdicts as (

    select *
    from counted
    where stage in ('sales_qualified', 'rejected', 'recycled')

),

repeated as (

    select
        verdicts.*,
        coalesce(
            stage = lag(stage) over (partition by lead_id order by status_order asc nulls last)
            and n_marketing_statuses = lag(n_marketing_statuses) over (
                partition by lead_id
                order by status_order asc nulls last
            ),
            false
        ) as is_repeated
    from verdicts

),

-- The same verdict said twice (by two records of one lead, say) is one verdict, of the
-- first time: the days to its reversal run from there.
compared as (

    select
        repeated.*,
        lag(stage) over (partition by lead_id order by status_order asc nulls last)
            as previous_stage,
        lag(changed_at) over (partition by lead_id order by status_order asc nulls last)
            as previous_changed_at,
        lag(n_marketing_statuses) over (
            partition by lead_id
            order by status_order asc nulls last
        ) as previous_n_marketing_statuses
    from repeated
    where not is_repeated

),

reversals as (

    select
        compared.*,
        case
            when
                compared.previous_stage <> compared.stage
                and compared.previous_n_marketing_statuses = compared.n_marketing_statuses
                and {{ days_between('compared.previous_changed_at', 'compared.changed_at') }}
                <= versions.reversal_days
                then 1
            else 0
        end as is_reversal
    from compared
    left join versions
        on
            versions.effective_from <= compared.previous_changed_at
            and (
                versions.effective_to > compared.previous_changed_at
                or versions.effective_to is null
            )

),

chained as (

    select
        reversals.*,
        sum(1 - is_reversal) over (
            partition by lead_id
            order by status_order asc nulls last
            rows between unbounded preceding and current row
        ) as verdict_number
    from reversals

),

ranked as (

    select
        chained.*,
        count(*) over (partition by lead_id, verdict_number) as n_in_chain,
        min(changed_at) over (partition by lead_id, verdict_number) as first_decided_at,
        row_number() over (
            partition by lead_id, verdict_number
            order by status_order desc nulls last
        ) as rank_from_last
    from chained

),

final as (

    select
        cast(lead_id as {{ dbt.type_string() }}) as lead_id,
        cast(verdict_number as bigint) as verdict_number,
        cast(stage as {{ dbt.type_string() }}) as verdict,
        cast(changed_at as timestamp) as decided_at,
        cast(changed_precision as {{ dbt.type_string() }}) as decided_precision,
        cast(first_decided_at as timestamp) as first_decided_at,
        cast(n_in_chain - 1 as bigint) as n_reversals,
        cast(raw_reason as {{ dbt.type_string() }}) as raw_reason,
        cast(reason as {{ dbt.type_string() }}) as reason,
        cast(objection as {{ dbt.type_string() }}) as objection,
        cast(actor_key as {{ dbt.type_string() }}) as actor_key,
        cast(actor_team as {{ dbt.type_string() }}) as actor_team
    from ranked
    where rank_from_last = 1

)

select * from final
