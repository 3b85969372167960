-- The law: both teams signed every version that has taken effect. A version still to come
-- is a draft and may wait. An edit after signing voids the signature, since its hash no
-- longer equals that of the rows.
{%- set own_folder = '' if env_var('HANDOFF_AGREEMENT', 'seeds/agreement') == 'seeds/agreement'
    else ' AGREEMENT=<your folder>' %}

with

versions as (

    select * from {{ ref('dim_agreement_versions') }}

),

signatures as (
    {% for team in ['marketing', 'sales'] %}
    select
        agreed.version_id,
        '{{ team }}' as team,
        agreed.{{ team }}_signed_by as signed_by,
        agreed.{{ team }}_signed_on as signed_on,
        agreed.{{ team }}_rows_hash as signed_hash,
        versions.rows_hash
    from {{ ref('agreement_versions') }} as agreed
    inner join versions
        on agreed.version_id = versions.version_id
    cross join {{ ref('int_build_clock') }} as clock
    where versions.effective_from <= clock.as_of
        and not versions.is_signed_by_{{ team }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {% endfor %}
),

tolerated as (

    select
        version_id,
        tolerated_breaches
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
                else ': ' || signatures.signed_by || ' signed other rows (hash '
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
    where breaches_counted.n_breaches > coalesce(tolerated.tolerated_breaches, 0)

)

select message from final
