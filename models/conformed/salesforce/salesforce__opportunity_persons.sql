with

stg_salesforce__opportunity as (
    select * from {{ ref('stg_salesforce__opportunity') }}
),

stg_salesforce__opportunity_contact_role as (
    select * from {{ ref('stg_salesforce__opportunity_contact_role') }}
),

salesforce__persons as (
    select * from {{ ref('salesforce__persons') }}
),

-- A deal's people: its contact roles, its primary contact, and every lead converted into it
-- (several may be; the deal may be older than they are).
ties as (
    select
        stg_salesforce__opportunity_contact_role.opportunity_id,
        'contact' as record_type,
        stg_salesforce__opportunity_contact_role.contact_id as record_id,
        stg_salesforce__opportunity_contact_role.role,
        coalesce(stg_salesforce__opportunity_contact_role.is_primary, false) as is_primary,
        stg_salesforce__opportunity_contact_role.created_at as linked_at,
        stg_salesforce__opportunity_contact_role._source_file as source_file
    from stg_salesforce__opportunity_contact_role
    where
        stg_salesforce__opportunity_contact_role.quarantine_reason is null
        and not coalesce(stg_salesforce__opportunity_contact_role.is_deleted, false)
    union all
    select
        stg_salesforce__opportunity.opportunity_id,
        'contact' as record_type,
        stg_salesforce__opportunity.contact_id as record_id,
        cast(null as {{ dbt.type_string() }}) as role,
        true as is_primary,
        stg_salesforce__opportunity.created_at as linked_at,
        stg_salesforce__opportunity._source_file as source_file
    from stg_salesforce__opportunity
    where
        stg_salesforce__opportunity.quarantine_reason is null
        and stg_salesforce__opportunity.contact_id is not null
    union all
    select
        salesforce__persons.converted_opportunity_id as opportunity_id,
        salesforce__persons.record_type,
        salesforce__persons.record_id,
        cast(null as {{ dbt.type_string() }}) as role,
        false as is_primary,
        salesforce__persons.converted_at as linked_at,
        salesforce__persons.source_file
    from salesforce__persons
    where salesforce__persons.converted_opportunity_id is not null
),

-- A contact may have several roles in one deal: the primary one names it.
ranked as (
    select
        ties.*,
        row_number() over (
            partition by ties.opportunity_id, ties.record_type, ties.record_id
            order by
                case when ties.role is null then 1 else 0 end asc nulls last,
                case when ties.is_primary then 0 else 1 end asc nulls last,
                ties.linked_at asc nulls last,
                ties.role asc nulls last,
                ties.source_file asc nulls last
        ) as tie_number,
        min(ties.linked_at) over (
            partition by ties.opportunity_id, ties.record_type, ties.record_id
        ) as first_linked_at,
        max(case when ties.is_primary then 1 else 0 end) over (
            partition by ties.opportunity_id, ties.record_type, ties.record_id
        ) as is_primary_anywhere
    from ties
),

final as (
    select
        cast('salesforce' as {{ dbt.type_string() }}) as system,
        cast(ranked.opportunity_id as {{ dbt.type_string() }}) as opportunity_id,
        cast(
            'salesforce:opportunity:' || ranked.opportunity_id
            as {{ dbt.type_string() }}
        ) as opportunity_key,
        cast(ranked.record_type as {{ dbt.type_string() }}) as record_type,
        cast(ranked.record_id as {{ dbt.type_string() }}) as record_id,
        cast(
            'salesforce:' || ranked.record_type || ':' || ranked.record_id
            as {{ dbt.type_string() }}
        ) as record_key,
        cast(ranked.role as {{ dbt.type_string() }}) as role,
        cast(ranked.is_primary_anywhere = 1 as boolean) as is_primary,
        cast(ranked.first_linked_at as timestamp) as linked_at,
        cast(ranked.source_file as {{ dbt.type_string() }}) as source_file
    from ranked
    where ranked.tie_number = 1
)

select * from final
