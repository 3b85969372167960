with

counts as (
    {% for system in var('systems') %}
    {% if not loop.first %}
    union all
    {% endif %}
    select * from {{ ref(system ~ '__landing_counts') }}
    {% endfor %}
),

final as (
    select
        cast(counts.system as {{ dbt.type_string() }}) as system,
        cast(counts.object as {{ dbt.type_string() }}) as object,
        cast(counts.n_staged as bigint) as n_staged,
        cast(counts.n_quarantined as bigint) as n_quarantined,
        cast(counts.n_kept as bigint) as n_kept
    from counts
)

select * from final
