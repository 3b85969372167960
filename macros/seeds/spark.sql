{#- The rows of a seed on Spark, in place of dbt-spark's own, which binds values without
    escaping them (a quote breaks the statement, a blank becomes the text 'None').

    Spark casts what it cannot read to null, where DuckDB stops: so every value is checked
    against its column's type first. Every column needs a type in `column_types`. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {% set agate_table = seed_as_written(model, agate_table) %}
    {% set types = model['config'].get('column_types', {}) %}
    {% set names = agate_table.column_names %}
    {% set faults = [] %}
    {% for name in names if name not in types %}
        {% do faults.append(
            'column ' ~ name ~ ': no type; give it one in `column_types` of the seed'
        ) %}
    {% endfor %}
    {% set rows = [] %}
    {% for row in agate_table.rows %}
        {% set values = [] %}
        {% set line = loop.index + 1 %}
        {% for name in names if name in types %}
            {% if not spark__seed_value_fits(types[name], row[name]) %}
                {% do faults.append(
                    'row ' ~ line ~ ', column ' ~ name ~ ": '" ~ row[name] ~ "' is no "
                    ~ types[name]
                ) %}
            {% endif %}
            {% do values.append(
                'cast(' ~ spark__literal(row[name]) ~ ' as ' ~ types[name] ~ ')'
            ) %}
        {% endfor %}
        {% do rows.append('(' ~ values | join(', ') ~ ')') %}
    {% endfor %}
    {% if faults %}
        {% do exceptions.raise_compiler_error(
            'Seed ' ~ model['name'] ~ '.csv:\n  - ' ~ faults | join('\n  - ')
        ) %}
    {% endif %}
    {% set statements = [] %}
    {% for chunk in rows | batch(get_batch_size()) %}
        {% set sql = 'insert into ' ~ this.render() ~ ' values\n' ~ chunk | join(',\n') %}
        {% do adapter.add_query(sql, abridge_sql_log=True) %}
        {% do statements.append(sql) %}
    {% endfor %}
    {% do return(statements | first | default('')) %}
{% endmacro %}


{#- A text, or none, as a Spark literal. `${` would be read as a variable even there. -#}
{% macro spark__literal(text) %}
    {% if text is none %}
        {% do return('null') %}
    {% endif %}
    {% set escaped = (text | string).replace('\\', '\\\\').replace("'", "\\'")
        .replace('${', '\\u0024{') %}
    {% do return("'" ~ escaped ~ "'") %}
{% endmacro %}


{#- Whether Spark reads a seed's text (or none) as its column's type, and not as null. -#}
{% macro spark__seed_value_fits(type, text) %}
    {% set kind = modules.re.split('[ (]', type | string | lower)[0] %}
    {% set date = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])' %}
    {% set number = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)(e[+-]?[0-9]+)?' %}
    {% set patterns = {
        'boolean': '(true|false|t|f|yes|no|y|n|1|0)',
        'date': date,
        'timestamp': date ~ '([t ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?)?',
        'int': '[+-]?[0-9]{1,10}',
        'integer': '[+-]?[0-9]{1,10}',
        'bigint': '[+-]?[0-9]{1,18}',
        'decimal': number,
        'double': number,
        'float': number,
    } %}
    {% if text is none or kind not in patterns %}
        {% do return(true) %}
    {% endif %}
    {% if not modules.re.match('(?i)' ~ patterns[kind] ~ '\\Z', text.strip()) %}
        {% do return(false) %}
    {% endif %}
    {% if kind in ('int', 'integer') %}
        {% do return(-2147483648 <= (text | int) <= 2147483647) %}
    {% endif %}
    {% if kind == 'decimal' and '(' in type and 'e' not in text | lower %}
        {% set sizes = modules.re.findall('[0-9]+', type) | map('int') | list %}
        {% set digits = text.strip().lstrip('+-').split('.')[0].lstrip('0') | length %}
        {% do return(digits <= sizes[0] - (sizes[1] if sizes | length > 1 else 0)) %}
    {% endif %}
    {% if kind in ('date', 'timestamp') %}
        {% set year, month, day = text.strip()[:10].split('-') | map('int') %}
        {% set is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) %}
        {% set last_day = 30 if month in (4, 6, 9, 11)
            else 31 if month != 2 else 29 if is_leap else 28 %}
        {% do return(day <= last_day) %}
    {% endif %}
    {% do return(true) %}
{% endmacro %}
