{#- What a signature covers: every column of every agreement seed, by seed, except those
    of agreement_versions that must change without voiding it (its end, so that a version
    can be closed, and the signatures themselves). The test
    agreement_signature_covers_every_column compares this with the seeds' properties. -#}
{% macro agreement_signed_columns() %}
    {% do return({
        'agreement_business_hours': [
            'version_id', 'team', 'time_zone', 'iso_weekday', 'opens_at', 'closes_at',
        ],
        'agreement_commitments': [
            'version_id', 'team', 'measure', 'period', 'target', 'description',
        ],
        'agreement_deciding_teams': ['version_id', 'team'],
        'agreement_disqualifiers': [
            'version_id', 'rule_id', 'attribute', 'operator', 'value', 'label',
            'description',
        ],
        'agreement_grade_cells': ['version_id', 'fit_grade', 'engagement_grade'],
        'agreement_grades': ['version_id', 'dimension', 'grade', 'minimum_points'],
        'agreement_hand_raises': [
            'version_id', 'rule_id', 'activity', 'asset_pattern', 'description',
        ],
        'agreement_holidays': ['version_id', 'team', 'holiday_date', 'name'],
        'agreement_laws': [
            'version_id', 'law', 'tolerated_breaches', 'severity', 'grace_days',
            'description',
        ],
        'agreement_lists': ['version_id', 'list', 'value'],
        'agreement_must_haves': [
            'version_id', 'rule_id', 'attribute', 'operator', 'value', 'description',
        ],
        'agreement_objections': [
            'version_id', 'objection', 'baseline_quarter', 'agreed_reduction',
            'minimum_conversations', 'description',
        ],
        'agreement_personas': [
            'version_id', 'persona', 'attribute', 'operator', 'value', 'description',
        ],
        'agreement_rejection_reasons': [
            'version_id', 'reason', 'category', 'decision', 'cool_down_days',
            'never_again', 'needs_contact_attempts', 'description',
        ],
        'agreement_sales_fields': ['version_id', 'attribute'],
        'agreement_scoring_rules': [
            'version_id', 'rule_id', 'kind', 'attribute', 'operator', 'value',
            'activity', 'asset_pattern', 'campaign_pattern', 'points', 'half_life_days',
            'cap_count', 'cap_period', 'description',
        ],
        'agreement_sla_targets': [
            'version_id', 'segment', 'measure', 'clock', 'limit_minutes',
            'minimum_score', 'description',
        ],
        'agreement_source_verdicts': [
            'version_id', 'verdict', 'category', 'minimum_share', 'minimum_decisions',
            'confidence_level', 'priority', 'description',
        ],
        'agreement_sql_criteria': [
            'version_id', 'criterion', 'is_required', 'attribute', 'description',
        ],
        'agreement_stamps': ['version_id', 'kind', 'stamp'],
        'agreement_system_precedence': ['version_id', 'system', 'precedence'],
        'agreement_versions': [
            'version_id', 'effective_from', 'basis', 'qualification', 'threshold_score',
            'minimum_fit', 'resets_score_each_cycle', 'time_zone', 'customer_scope',
            'reversal_days', 'minimum_contact_attempts', 'attribution_lookback_days',
            'attribution_half_life_days', 'review_by', 'summary',
        ],
    }) %}
{% endmacro %}


{#- Columns of agreement_versions that no signature covers. -#}
{% macro agreement_unsigned_columns() %}
    {% do return([
        'effective_to',
        'marketing_signed_by', 'marketing_signed_on', 'marketing_rows_hash',
        'sales_signed_by', 'sales_signed_on', 'sales_rows_hash',
    ]) %}
{% endmacro %}


{#- A seed's row as one text (an expression): the seed's name, then name, length and value
    of each column that is not blank, in alphabetical order. The lengths keep two different
    rows from ever giving one text. Blank columns are left out, so that a column which a
    later release adds voids no signature until somebody fills it.
    Types come from the seeds: numbers are decimal(18,4) or integer, moments to the second,
    so every engine casts them to the same text. -#}
{% macro signed_row_text(seed, columns) -%}
    '{{ seed }}'
    {%- for column in columns | sort %}
    {%- set value = "cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")" %}
        || case
            when {{ value }} is null or {{ value }} = '' then ''
            else ';{{ column }}=' || cast(length({{ value }}) as {{ dbt.type_string() }})
                || ':' || {{ value }}
        end
    {%- endfor %}
{%- endmacro %}
