-- The law: both teams signed every version that has taken effect. A version still to come
-- is a draft and may wait. An edit after signing voids the signature, since its hash no
-- longer equals that of the rows.
{%- set own_folder = '' if env_var('HANDOFF_AGREEMENT', 'seeds/agreement') == 'seeds/agreement'
    else ' AGREEMENT=<your folder>' %}

{{ config(store_failures=(target.type != 'spark')) }}

with

agreement_versions as (

    select * from {{ ref('agreement_versions') }}

),

dim_agreement_versions as (

    select * from {{ ref('dim_agreement_versions') }}

),

int_build_clock as (

    select * from {{ ref('int_build_clock') }}

),

signatures as (
    {% for team in ['marketing', 'sales'] %}
    select
        agreement_versions.version_id,
        '{{ team }}' as team,
        agreement_versions.{{ team }}_signed_by as signed_by,
        agreement_versions.{{ team }}_signed_on as signed_on,
        agreement_versions.{{ team }}_rows_hash as signed_hash,
        dim_agreement_versions.rows_hash
    from agreement_versions
    inner join dim_agreement_versions
        on agreement_versions.version_id = dim_agreement_versions.version_id
    cross join int_build_clock
    where
        dim_agreement_versions.effective_from <= int_build_clock.as_of
        and not dim_agreement_versions.is_signed_by_{{ team }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {% endfor %}
),

tolerated as (

    select
        version_id,
        tolerated_breaches,
        severity
    from {{ ref('agreement_laws') }}
    where law = 'both_teams_signed'

),

breaches_counted as (

    select
        version_id,
        count(*) as n_breaches
    from signatures
    group by version_id

),

final as (

    select
        'agreement version ' || signatures.version_id || ' is not signed by ' || signatures.team
        || case
            when signatures.signed_by is null or signatures.signed_on is null
                then ': name or day of the signature is missing'
            when signatures.signed_hash is null then ': the signature carries no hash'
            else
                ': ' || signatures.signed_by || ' signed other rows (hash '
                || signatures.signed_hash || '); they were edited since'
        end
        || '. The rows now have the hash ' || {{ shown('signatures.rows_hash') }}
        || '. If ' || signatures.team || ' agrees to them: make sign VERSION='
        || signatures.version_id || ' TEAM=' || signatures.team
        || ' NAME="..."{{ own_folder }}' as message
    from signatures
    inner join breaches_counted
        on signatures.version_id = breaches_counted.version_id
    left join tolerated
        on signatures.version_id = tolerated.version_id
    where
        breaches_counted.n_breaches > coalesce(tolerated.tolerated_breaches, 0)
        and coalesce(tolerated.severity, 'error') = 'error'

)

select message from final
