{#- Which rows of an export can be used. Staging keeps every row; a row with a
    quarantine_reason goes no further. The macros return expressions over a CTE that holds,
    for a column c that was parsed, c and c_text (as exported, trimmed). -#}


{#- The first thing that keeps a row from being used, as a reason; null when there is none.
    key: columns that make the key, without moments
    parsed: columns that must be readable, and present unless listed in `optional`
    values: text columns that must be present
    optional: those of `parsed` that may be blank -#}
{% macro row_fault(key, parsed=[], values=[], optional=[]) -%}
    case
        {%- for column in key %}
        when {{ column }} is null then 'missing_key'
        {%- endfor %}
        {%- for column in parsed %}
        {%- if column not in optional %}
        when {{ column }}_text is null then 'missing_{{ column }}'
        {%- endif %}
        when {{ column }} is null and {{ column }}_text is not null
            then 'unreadable_{{ column }}'
        {%- endfor %}
        {%- for column in values %}
        when {{ column }} is null then 'missing_{{ column }}'
        {%- endfor %}
    end
{%- endmacro %}


{#- The column that row_fault means, with its text: `created_at: 31.02.2025`. Takes the
    same arguments. -#}
{% macro row_fault_detail(key, parsed=[], values=[], optional=[]) -%}
    case
        {%- for column in key %}
        when {{ column }} is null then '{{ column }}: blank'
        {%- endfor %}
        {%- for column in parsed %}
        {%- if column not in optional %}
        when {{ column }}_text is null then '{{ column }}: blank'
        {%- endif %}
        when {{ column }} is null and {{ column }}_text is not null
            then '{{ column }}: ' || {{ column }}_text
        {%- endfor %}
        {%- for column in values %}
        when {{ column }} is null then '{{ column }}: blank'
        {%- endfor %}
    end
{%- endmacro %}


{#- The values that may be blank, are not, and cannot be read: `employees: 50-100`, joined
    by `; `; null when there is none. The row is used without them. -#}
{% macro unreadable_values(columns) -%}
    nullif(
        substring(
            {%- for column in columns %}
            case
                when {{ column }} is null and {{ column }}_text is not null
                    then '; {{ column }}: ' || {{ column }}_text
                else ''
            end
            {{- ' ||' if not loop.last }}
            {%- endfor %},
            3
        ),
        ''
    )
{%- endmacro %}


{#- One text over all columns of a row: the last resort of an order that must be total,
    alike on every engine whatever its collation. -#}
{% macro row_fingerprint(columns) -%}
    {%- set text -%}
        {%- for column in columns %}
        coalesce({{ column }}, '')
        {{- " || '|' ||" if not loop.last }}
        {%- endfor %}
    {%- endset -%}
    {{ dbt.hash(text) }}
{%- endmacro %}


{#- The place of a row among the usable rows of its key, 1 = the one that stays: the
    newest, where the object says when a row was changed.
    newest: the column of that moment, or none. Needs fault_reason and fingerprint. -#}
{% macro version_rank(key, newest=none) -%}
    row_number() over (
        partition by {{ key | join(', ') }}, case when fault_reason is null then 0 else 1 end
        order by {% if newest %}{{ newest }} desc nulls last, {% endif %}fingerprint asc nulls last
    )
{%- endmacro %}


{#- The newest moment of change among the usable rows of a key. -#}
{% macro newest_version(key, newest) -%}
    max({{ newest }}) over (
        partition by {{ key | join(', ') }}, case when fault_reason is null then 0 else 1 end
    )
{%- endmacro %}


{#- Why a row goes no further, null for the one that stays: its fault, a newer version of
    its record, or a repeat of its key. Needs fault_reason and version_rank, and newest_at
    where the object has a column `newest`. -#}
{% macro quarantine_reason(newest=none) -%}
    case
        when fault_reason is not null then fault_reason
        when version_rank = 1 then null
        {%- if newest %}
        when {{ newest }} is distinct from newest_at then 'superseded'
        {%- endif %}
        else 'duplicate_key'
    end
{%- endmacro %}


{#- The column behind quarantine_reason with its text: `created_at: 31.02.2025`.
    key: the column that names the record. Needs fault_detail besides. -#}
{% macro quarantine_detail(key, newest=none) -%}
    case
        when fault_reason is not null then fault_detail
        when version_rank = 1 then null
        {%- if newest %}
        when {{ newest }} is distinct from newest_at
            then '{{ newest }}: ' || coalesce({{ newest }}_text, 'blank')
        {%- endif %}
        else '{{ key }}: ' || {{ key }}
    end
{%- endmacro %}
