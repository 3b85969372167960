-- What is signed: a change of any row of the version, in any agreement seed, changes its
-- hash; the order of rows and files does not.
{%- set signed_columns = agreement_signed_columns() %}

with

agreement_versions as (

    select * from {{ ref('agreement_versions') }}

),

signed_rows as (
    {% for seed, columns in signed_columns.items() %}
    select
        version_id,
        {{ dbt.hash(signed_row_text(seed, columns)) }} as row_hash
    from {{ ref(seed) }}
    {% if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

final as (

    select
        cast(agreement_versions.version_id as {{ dbt.type_string() }}) as version_id,
        cast(
            {{ dbt.hash(ordered_text_agg('signed_rows.row_hash')) }}
            as {{ dbt.type_string() }}
        ) as rows_hash
    from agreement_versions
    inner join signed_rows
        on agreement_versions.version_id = signed_rows.version_id
    group by agreement_versions.version_id

)

select * from final
