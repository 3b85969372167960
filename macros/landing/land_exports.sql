{#- Files → raw views. Called by `on-run-start`.

    For every source table whose source is a system of `vars.systems`, the files below the
    exports folder (environment HANDOFF_EXPORTS) become one view with exactly the declared
    columns, as text, and `_source_file`, the path below the exports folder. All faults are
    gathered and raised together: a person with three broken files mends them in one go.

    What the publication before knew comes in here too (previous.sql).

    Only commands that read raw views land: `compile` and `docs` must work without exports.
    `dbt run-operation land_exports` lands and does nothing else (handoff/land.py).
-#}
{% macro land_exports() %}
    {% if execute and flags.WHICH in [
        'run', 'build', 'test', 'snapshot', 'retry', 'run-operation'
    ] %}
        {% do adapter.dispatch('land_exports', 'handoff')() %}
    {% endif %}
{% endmacro %}


{% macro default__land_exports() %}
    {% do exceptions.raise_compiler_error(
        "Landing: no way to read exports on " ~ target.type ~ " yet; use the duckdb target."
    ) %}
{% endmacro %}


{% macro duckdb__land_exports() %}
    {% set folder = env_var('HANDOFF_EXPORTS', 'exports/demo').rstrip('/') or '/' %}
    {% set faults = [] %}
    {% set objects = landing_objects(faults) %}
    {% set files = duckdb__exported_files(folder) %}
    {% do claim_files(objects, files, faults) %}

    {% set parts = files | selectattr('object', 'ne', none) | list %}
    {% do duckdb__read_csv_headers(parts, faults) %}
    {% do duckdb__read_parquet_headers(parts) %}
    {% do parts.extend(duckdb__landed_tables(objects)) %}
    {% for part in parts if part['headers'] %}
        {% do match_headers(part, faults) %}
    {% endfor %}
    {% do check_required_objects(objects, parts, files, folder, faults) %}

    {% if faults %}
        {% do exceptions.raise_compiler_error(
            "Landing stopped: " ~ faults | length ~ " fault(s) in the exports of '" ~ folder
            ~ "'. Nothing was built.\n  - " ~ faults | join("\n  - ")
        ) %}
    {% endif %}

    {% set statements = ['create schema if not exists raw'] %}
    {% for object in objects %}
        {% set own = parts | selectattr('object', 'eq', object) | list %}
        {% do statements.append('create schema if not exists ' ~ object['schema']) %}
        {% do statements.append(duckdb__raw_view(object, own, folder)) %}
    {% endfor %}
    {% for object in previous_objects() %}
        {% do statements.append(duckdb__previous_view(object)) %}
    {% endfor %}
    {% do statements.append(duckdb__landed_files(files, parts)) %}
    {% do run_query(statements | join(';\n')) %}

    {% set unclaimed = files | selectattr('object', 'none') | map(attribute='file') | list %}
    {% if unclaimed %}
        {% do exceptions.warn(
            "Landing: no source claims " ~ unclaimed | length ~ " file(s) in '" ~ folder
            ~ "': " ~ unclaimed | join(', ')
            ~ ". They are not read. If they matter, name them after an object or give the"
            ~ " object's source a matching `pattern`."
        ) %}
    {% endif %}
{% endmacro %}


{#- The objects to land: one per source table of a system, in a fixed order.
    Returns a list of {system, name, schema, relation, patterns, is_required, columns,
    column_by_key, relation_schema}; `column_by_key` maps a normalised header or alias to
    the declared column. Two columns that answer to one header are a fault. -#}
{% macro landing_objects(faults) %}
    {% set objects = [] %}
    {% set systems = var('systems') %}
    {% set nodes = graph.sources.values() | selectattr('source_name', 'in', systems) | list %}
    {% for node in nodes | sort(attribute='unique_id') %}
        {% set meta = node.config.meta %}
        {% set pattern = meta.get('pattern', node.name) %}
        {% set object = {
            'system': node.source_name,
            'name': node.name,
            'schema': node.schema,
            'relation': node.relation_name,
            'patterns': [pattern] if pattern is string else pattern,
            'is_required': meta.get('required', false),
            'relation_schema': systems[node.source_name].get('relation_schema'),
            'columns': [],
            'column_by_key': {},
        } %}
        {% for column in node.columns.values() if column.name != '_source_file' %}
            {% set column_meta = column.config.meta %}
            {% set aliases = column_meta.get('aliases', []) %}
            {% do object['columns'].append({
                'name': column.name,
                'is_required': column_meta.get('required', false),
                'accepted': [column.name] + aliases,
            }) %}
            {% for header in [column.name] + aliases %}
                {% set key = normalised_header(header) %}
                {% set holder = object['column_by_key'].get(key, column.name) %}
                {% if holder != column.name %}
                    {% do faults.append(
                        node.source_name ~ ", object " ~ node.name ~ ": the columns "
                        ~ holder ~ " and " ~ column.name ~ " both answer to the header '"
                        ~ header ~ "'; take the alias from one of them in the source's YAML"
                    ) %}
                {% endif %}
                {% do object['column_by_key'].update({key: column.name}) %}
            {% endfor %}
        {% endfor %}
        {% do objects.append(object) %}
    {% endfor %}
    {% do return(objects) %}
{% endmacro %}


{#- A header's letters and digits, lower-cased: `Is Converted`, `is_converted` and
    `IsConverted` are one. -#}
{% macro normalised_header(header) %}
    {% do return(modules.re.sub('[\\W_]+', '', header).lower()) %}
{% endmacro %}


{#- Gives each file its object: the longest pattern that fits the path below the system's
    folder, or the file's name alone, claims it (`*` any characters, `?` one, `#` a digit, any
    case; the ending .csv, .csv.gz or .parquet is not part of the name). A tie is a fault. -#}
{% macro claim_files(objects, files, faults) %}
    {% for file in files if file['format'] %}
        {% set claims = [] %}
        {% for object in objects if object['system'] | lower == file['folder'] | lower %}
            {% for pattern in object['patterns'] %}
                {% set expression = '(?is)' ~ modules.re.escape(pattern)
                    .replace('\\*', '.*').replace('\\?', '.').replace('\\#', '[0-9]') ~ '\\Z' %}
                {% if modules.re.match(expression, file['stem'])
                    or modules.re.match(expression, file['stem'].split('/') | last) %}
                    {% do claims.append([pattern | length, object]) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
        {% set longest = claims | map('first') | max %}
        {% set winners = [] %}
        {% for claim in claims if claim[0] == longest and claim[1] not in winners %}
            {% do winners.append(claim[1]) %}
        {% endfor %}
        {% if winners | length > 1 %}
            {% do faults.append(
                winners[0]['system'] ~ ", file " ~ file['file'] ~ ": the objects "
                ~ winners | map(attribute='name') | join(' and ')
                ~ " claim it with patterns of the same length; rename the file or make one"
                ~ " `pattern` longer"
            ) %}
        {% elif winners %}
            {% do file.update({'object': winners[0]}) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{#- The delimiter of a header line: the most frequent of , ; and tab outside quotes. A
    header of one column has none: a comma then. -#}
{% macro header_delimiter(line) %}
    {% set bare = modules.re.sub('"[^"]*"', '', line) %}
    {% set best = namespace(delimiter=',', n=bare.count(',')) %}
    {% for delimiter in [';', '\t'] if bare.count(delimiter) > best.n %}
        {% set best.delimiter = delimiter %}
        {% set best.n = bare.count(delimiter) %}
    {% endfor %}
    {% do return(best.delimiter) %}
{% endmacro %}


{#- A header line cut at its delimiter, quotes removed. -#}
{% macro split_header(line, delimiter) %}
    {% set headers = [] %}
    {% set cell = '(?:^|' ~ delimiter ~ ')("(?:[^"]|"")*"|[^' ~ delimiter ~ ']*)' %}
    {% for text in modules.re.findall(cell, line) %}
        {% set text = text.strip() %}
        {% if text.startswith('"') and text.endswith('"') and text | length > 1 %}
            {% do headers.append(text[1:-1].replace('""', '"')) %}
        {% else %}
            {% do headers.append(text) %}
        {% endif %}
    {% endfor %}
    {% do return(headers) %}
{% endmacro %}


{#- Fills part['positions'] (declared column → index of its header) and part['ignored']
    (headers that no declared column takes), and names the faults of the header. -#}
{% macro match_headers(part, faults) %}
    {% set object = part['object'] %}
    {% set where = object['system'] ~ ", file " ~ part['file'] %}
    {% set positions = {} %}
    {% set ignored = [] %}
    {% set seen = {} %}
    {% for header in part['headers'] %}
        {% set key = normalised_header(header) %}
        {% set column = object['column_by_key'].get(key) %}
        {% if key and key in seen %}
            {% do faults.append(
                where ~ ", columns '" ~ seen[key] ~ "' and '" ~ header
                ~ "': the same letters and digits, so they cannot be told apart; rename or"
                ~ " remove one"
            ) %}
        {% elif column in positions %}
            {% do faults.append(
                where ~ ", columns '" ~ part['headers'][positions[column]] ~ "' and '"
                ~ header ~ "': both stand for the column " ~ column ~ "; keep one"
            ) %}
        {% elif column %}
            {% do positions.update({column: loop.index0}) %}
        {% else %}
            {% do ignored.append(header) %}
        {% endif %}
        {% do seen.update({key: header}) %}
    {% endfor %}
    {% for column in object['columns'] if column['is_required'] %}
        {% if column['name'] not in positions %}
            {% do faults.append(
                where ~ ", column " ~ column['name'] ~ ": required, but the file lacks it;"
                ~ " add it or rename the column that holds it (accepted: "
                ~ column['accepted'] | join(', ') ~ ")"
            ) %}
        {% endif %}
    {% endfor %}
    {% do part.update({'positions': positions, 'ignored': ignored}) %}
{% endmacro %}


{#- A required object without files is a fault, unless its whole system is absent while
    another one has exports. No export at all is a fault of its own. -#}
{% macro check_required_objects(objects, parts, files, folder, faults) %}
    {% if not parts %}
        {% do faults.append(
            "no export found: '" ~ folder ~ "' holds no file that belongs to one of the"
            ~ " systems " ~ var('systems') | join(', ') ~ ". Put the files into '" ~ folder
            ~ "/<system>/' (for instance '" ~ folder ~ "/" ~ var('systems') | first
            ~ "/') or name the right folder in HANDOFF_EXPORTS"
        ) %}
    {% endif %}
    {% set present = (files | selectattr('format') | map(attribute='folder') | map('lower') | list)
        + (objects | selectattr('relation_schema') | map(attribute='system') | map('lower') | list) %}
    {% set landed = parts | map(attribute='object') | list %}
    {% for object in objects if object['is_required'] and object not in landed %}
        {% if object['system'] | lower in present %}
            {% set place = 'table ' ~ object['relation_schema'] ~ '.' ~ object['name']
                if object['relation_schema'] else 'file '
                ~ (object['patterns'] | map('replace', '*', '') | join(' or ')) ~ '.csv' %}
            {% do faults.append(
                object['system'] ~ ", object " ~ object['name'] ~ ": required, but there is"
                ~ " no " ~ place ~ " (files: .csv, .csv.gz or .parquet, any number of parts);"
                ~ " export it too"
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
