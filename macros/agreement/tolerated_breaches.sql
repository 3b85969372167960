{#- A query of one row: how many breaches of a law the version in force at the build's clock
    tolerates (0 where it says nothing) and what more of them do, `error` or `warn`. For data
    tests.

    law: name of the law, as in agreement_laws. -#}
{% macro tolerated_breaches(law) -%}
    select
        coalesce(max(laws.tolerated_breaches), 0) as tolerated_breaches,
        coalesce(max(laws.severity), 'error') as severity
    from {{ ref('agreement_laws') }} as laws
    inner join {{ ref('agreement_versions') }} as versions
        on laws.version_id = versions.version_id
    inner join {{ ref('int_build_clock') }} as build_clock
        on
            versions.effective_from <= build_clock.as_of
            and (versions.effective_to > build_clock.as_of or versions.effective_to is null)
    where laws.law = '{{ law }}'
{%- endmacro %}
