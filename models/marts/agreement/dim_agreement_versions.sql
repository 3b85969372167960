with

agreement_versions as (

    select * from {{ ref('agreement_versions') }}

),

agreement_scoring_rules as (

    select * from {{ ref('agreement_scoring_rules') }}

),

agreement_must_haves as (

    select * from {{ ref('agreement_must_haves') }}

),

agreement_disqualifiers as (

    select * from {{ ref('agreement_disqualifiers') }}

),

int_agreement_hashes as (

    select * from {{ ref('int_agreement_hashes') }}

),

int_build_clock as (

    select * from {{ ref('int_build_clock') }}

),

scoring_rules_counted as (

    select
        version_id,
        count(*) as n_scoring_rules
    from agreement_scoring_rules
    group by version_id

),

must_haves_counted as (

    select
        version_id,
        count(*) as n_must_haves
    from agreement_must_haves
    group by version_id

),

disqualifiers_counted as (

    select
        version_id,
        count(*) as n_disqualifiers
    from agreement_disqualifiers
    group by version_id

),

versions_joined as (

    select
        agreement_versions.*,
        int_agreement_hashes.rows_hash,
        int_build_clock.as_of,
        scoring_rules_counted.n_scoring_rules,
        must_haves_counted.n_must_haves,
        disqualifiers_counted.n_disqualifiers,
        -- The day, in the agreement's own zone, on which the version takes effect.
        cast(
            {{ local_time('agreement_versions.effective_from', 'agreement_versions.time_zone') }}
            as date
        ) as effective_on,
        -- A signature holds while the rows are those that were signed.
        coalesce(
            agreement_versions.marketing_signed_by is not null
            and agreement_versions.marketing_signed_on is not null
            and agreement_versions.marketing_rows_hash = int_agreement_hashes.rows_hash,
            false
        ) as is_signed_by_marketing,
        coalesce(
            agreement_versions.sales_signed_by is not null
            and agreement_versions.sales_signed_on is not null
            and agreement_versions.sales_rows_hash = int_agreement_hashes.rows_hash,
            false
        ) as is_signed_by_sales
    from agreement_versions
    cross join int_build_clock
    left join int_agreement_hashes
        on agreement_versions.version_id = int_agreement_hashes.version_id
    left join scoring_rules_counted
        on agreement_versions.version_id = scoring_rules_counted.version_id
    left join must_haves_counted
        on agreement_versions.version_id = must_haves_counted.version_id
    left join disqualifiers_counted
        on agreement_versions.version_id = disqualifiers_counted.version_id

),

final as (

    select
        cast(version_id as {{ dbt.type_string() }}) as version_id,
        cast(effective_from as timestamp) as effective_from,
        cast(effective_to as timestamp) as effective_to,
        cast(
            effective_from <= as_of and (effective_to is null or as_of < effective_to)
            as boolean
        ) as is_in_force,
        cast(basis as {{ dbt.type_string() }}) as basis,
        cast(qualification as {{ dbt.type_string() }}) as qualification,
        cast(threshold_score as decimal(18, 4)) as threshold_score,
        cast(minimum_fit as decimal(18, 4)) as minimum_fit,
        cast(resets_score_each_cycle as boolean) as resets_score_each_cycle,
        cast(time_zone as {{ dbt.type_string() }}) as time_zone,
        cast(customer_scope as {{ dbt.type_string() }}) as customer_scope,
        cast(reversal_days as bigint) as reversal_days,
        cast(minimum_contact_attempts as bigint) as minimum_contact_attempts,
        cast(attribution_lookback_days as bigint) as attribution_lookback_days,
        cast(attribution_half_life_days as bigint) as attribution_half_life_days,
        cast(review_by as date) as review_by,
        cast(summary as {{ dbt.type_string() }}) as summary,
        cast(rows_hash as {{ dbt.type_string() }}) as rows_hash,
        cast(marketing_signed_by as {{ dbt.type_string() }}) as marketing_signed_by,
        cast(marketing_signed_on as date) as marketing_signed_on,
        cast(is_signed_by_marketing as boolean) as is_signed_by_marketing,
        cast(sales_signed_by as {{ dbt.type_string() }}) as sales_signed_by,
        cast(sales_signed_on as date) as sales_signed_on,
        cast(is_signed_by_sales as boolean) as is_signed_by_sales,
        cast(is_signed_by_marketing and is_signed_by_sales as boolean) as is_signed,
        cast(
            coalesce(marketing_signed_on > effective_on, false)
            or coalesce(sales_signed_on > effective_on, false)
            as boolean
        ) as signed_after_effect,
        cast(coalesce(n_scoring_rules, 0) as bigint) as n_scoring_rules,
        cast(coalesce(n_must_haves, 0) as bigint) as n_must_haves,
        cast(coalesce(n_disqualifiers, 0) as bigint) as n_disqualifiers
    from versions_joined

)

select * from final
