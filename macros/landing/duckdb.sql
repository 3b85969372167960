{#- What landing needs of DuckDB itself: listing files, reading headers, making views. -#}


{#- A text as an SQL literal. -#}
{% macro duckdb__literal(text) %}
    {% do return("'" ~ text.replace("'", "''") ~ "'") %}
{% endmacro %}


{#- A name quoted as an SQL identifier. -#}
{% macro duckdb__name(name) %}
    {% do return('"' ~ name.replace('"', '""') ~ '"') %}
{% endmacro %}


{#- A path as a literal in which glob signs stand for themselves. -#}
{% macro duckdb__path_literal(path) %}
    {% do return(duckdb__literal(modules.re.sub('([*?\\[])', '[\\1]', path))) %}
{% endmacro %}


{#- All files below the exports folder that could be exports, sorted by path.
    Returns a list of {path, file, folder, stem, format, object}: `file` is the path below
    the exports folder, `folder` the system's folder, `stem` the path below it without its
    ending, `format` csv, parquet or none. Read-mes, hidden files and folders called
    answer_key are no exports and are left out. -#}
{% macro duckdb__exported_files(folder) %}
    {% set files = [] %}
    {% set escaped = modules.re.sub('([*?\\[])', '[\\1]', folder) %}
    {% set selects = [] %}
    {#- `**` follows no links: a system's folder, or a file in it, may be one. -#}
    {% for pattern in ['/**', '/*/**', '/*/*'] %}
        {% do selects.append('select file from glob(' ~ duckdb__literal(escaped ~ pattern) ~ ')') %}
    {% endfor %}
    {% set rows = run_query(selects | join(' union ') ~ ' order by file').rows %}
    {% for row in rows %}
        {% set file = row[0][folder | length + 1:] %}
        {% set names = file.split('/') %}
        {% set not_an_export = 'answer_key' in names[:-1] or '/.' in '/' ~ file
            or modules.re.match('(?i)readme([.].*)?$|.*[.]md$', names[-1]) %}
        {% if not not_an_export %}
            {% set ending = modules.re.search('(?i)[.](csv|csv[.]gz|parquet)$', file) %}
            {% set below = names[1:] | join('/') %}
            {% do files.append({
                'path': row[0],
                'file': file,
                'folder': names[0] if names | length > 1 else '',
                'stem': below[:-(ending.group(0) | length)] if ending else below,
                'format': none if not ending
                    else 'parquet' if ending.group(1) | lower == 'parquet' else 'csv',
                'object': none,
            }) %}
        {% endif %}
    {% endfor %}
    {% do return(files) %}
{% endmacro %}


{#- Fills headers and delimiter of the CSV parts, in one query for all of them.
    `parallel = false` is what makes the one row the first one. -#}
{% macro duckdb__read_csv_headers(parts, faults) %}
    {% set foreign = duckdb__files_not_in_utf8(parts) %}
    {% set lines = {} %}
    {% for batch in parts | selectattr('format', 'eq', 'csv') | batch(200) %}
        {% set selects = [] %}
        {% for part in batch if part['path'] not in foreign %}
            {% do selects.append(
                "(select " ~ duckdb__literal(part['file']) ~ " as file, line from read_csv("
                ~ duckdb__path_literal(part['path'])
                ~ ", columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = ''"
                ~ ", header = false, auto_detect = false, parallel = false"
                ~ ", buffer_size = 262144, max_line_size = 131072) limit 1)"
            ) %}
        {% endfor %}
        {% if selects %}
            {% for row in run_query(selects | join('\nunion all\n')).rows %}
                {% do lines.update({row[0]: row[1] or ''}) %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% for part in parts if part['format'] == 'csv' %}
        {% set where = part['object']['system'] ~ ", file " ~ part['file'] %}
        {% set line = lines.get(part['file'], '') %}
        {% if part['path'] in foreign or '\x00' in line %}
            {% do faults.append(
                where ~ ": it is not UTF-8 text; save or export the file as 'CSV UTF-8'"
            ) %}
        {% elif not line.strip() %}
            {% do faults.append(
                where ~ ": empty, or its first line is; an export without rows still needs"
                ~ " its header in the first line, otherwise remove the file"
            ) %}
        {% elif line.count('"') % 2 %}
            {% do faults.append(
                where ~ ": a quote opened in the header is not closed on the first line;"
                ~ " column names cannot contain line breaks"
            ) %}
        {% else %}
            {% set delimiter = header_delimiter(line) %}
            {% do part.update({
                'delimiter': delimiter,
                'headers': split_header(line, delimiter),
            }) %}
        {% endif %}
    {% endfor %}
{% endmacro %}


{#- The paths of the CSV parts that are not UTF-8, as far as finding out is cheap: files of
    up to a megabyte, uncompressed, which is what people save by hand. Of any other file
    DuckDB's own error tells, alone. -#}
{% macro duckdb__files_not_in_utf8(parts) %}
    {% set paths = [] %}
    {% for part in parts if part['format'] == 'csv' and not part['path'].lower().endswith('.gz') %}
        {% do paths.append(duckdb__path_literal(part['path'])) %}
    {% endfor %}
    {% set small = [] %}
    {% if paths %}
        {% for row in run_query(
            'select filename from read_blob([' ~ paths | join(', ') ~ ']) where size <= 1048576'
        ).rows %}
            {% do small.append(duckdb__path_literal(row[0])) %}
        {% endfor %}
    {% endif %}
    {% if small %}
        {% do return(run_query(
            'select filename from read_blob([' ~ small | join(', ')
            ~ ']) where try(decode(content)) is null'
        ).rows | map('first') | list) %}
    {% endif %}
    {% do return([]) %}
{% endmacro %}


{#- Fills the headers of the Parquet parts. -#}
{% macro duckdb__read_parquet_headers(parts) %}
    {% for part in parts if part['format'] == 'parquet' %}
        {% set rows = run_query(
            'describe select * from read_parquet(' ~ duckdb__path_literal(part['path']) ~ ')'
        ).rows %}
        {% do part.update({'headers': rows | map('first') | list}) %}
    {% endfor %}
{% endmacro %}


{#- The parts that a loader has put into tables: `<relation_schema>.<object>` for every
    object of a system with a relation_schema. -#}
{% macro duckdb__landed_tables(objects) %}
    {% set parts = [] %}
    {% for object in objects if object['relation_schema'] %}
        {% set rows = run_query(
            'select column_name, schema_name, table_name from duckdb_columns()'
            ~ ' where database_name = current_database()'
            ~ ' and lower(schema_name) = lower(' ~ duckdb__literal(object['relation_schema'])
            ~ ') and lower(table_name) = lower(' ~ duckdb__literal(object['name'])
            ~ ') order by column_index'
        ).rows %}
        {% if rows %}
            {% do parts.append({
                'file': rows[0][1] ~ '.' ~ rows[0][2],
                'format': 'table',
                'object': object,
                'headers': rows | map('first') | list,
            }) %}
        {% endif %}
    {% endfor %}
    {% do return(parts) %}
{% endmacro %}


{#- The statement that makes one object's raw view over its parts. Parts with the same
    header and delimiter are read together. The CSV reader is told everything and guesses
    nothing: a row that does not fit the header stops the build with file and line. -#}
{% macro duckdb__raw_view(object, parts, folder) %}
    {% set groups = {} %}
    {% for part in parts %}
        {% set key = [part['format'], part['delimiter'], part['headers']] | string %}
        {% do groups.setdefault(key, []).append(part) %}
    {% endfor %}
    {% set selects = [] %}
    {% for group in groups.values() %}
        {% set part = group[0] %}
        {% set columns = [] %}
        {% for column in object['columns'] %}
            {% set position = part['positions'].get(column['name']) %}
            {% set expression = 'null' if position is none
                else 'c' ~ position if part['format'] == 'csv'
                else duckdb__name(part['headers'][position]) %}
            {% do columns.append(
                'cast(' ~ expression ~ ' as varchar) as ' ~ duckdb__name(column['name'])
            ) %}
        {% endfor %}
        {% if part['format'] == 'table' %}
            {% set file = duckdb__literal(part['file']) %}
            {% set relation = part['file'].split('.') | map('replace', '"', '""') | join('"."') %}
            {% set source = '"' ~ relation ~ '"' %}
        {% else %}
            {% set file = 'substr(_handoff_file, ' ~ (folder | length + 2) ~ ')' %}
            {% set source = duckdb__reader(group) %}
        {% endif %}
        {% do selects.append(
            'select ' ~ columns | join(', ') ~ ', cast(' ~ file
            ~ ' as varchar) as _source_file from ' ~ source
        ) %}
    {% endfor %}
    {% if not selects %}
        {% set columns = [] %}
        {% for column in object['columns'] %}
            {% do columns.append('cast(null as varchar) as ' ~ duckdb__name(column['name'])) %}
        {% endfor %}
        {% do selects.append(
            'select ' ~ columns | join(', ')
            ~ ', cast(null as varchar) as _source_file where false'
        ) %}
    {% endif %}
    {% do return(
        'create or replace view ' ~ object['relation'] ~ ' as ' ~ selects | join(' union all ')
    ) %}
{% endmacro %}


{#- The table function that reads parts of one format, delimiter and header. -#}
{% macro duckdb__reader(parts) %}
    {% set paths = [] %}
    {% for part in parts %}
        {% do paths.append(duckdb__path_literal(part['path'])) %}
    {% endfor %}
    {% set files = '[' ~ paths | join(', ') ~ "], filename = '_handoff_file'" %}
    {% if parts[0]['format'] == 'parquet' %}
        {% do return('read_parquet(' ~ files ~ ', binary_as_string = true)') %}
    {% endif %}
    {% set columns = [] %}
    {% for header in parts[0]['headers'] %}
        {% do columns.append("'c" ~ loop.index0 ~ "': 'VARCHAR'") %}
    {% endfor %}
    {% do return(
        'read_csv(' ~ files ~ ', columns = {' ~ columns | join(', ') ~ "}, delim = '"
        ~ parts[0]['delimiter'] ~ "', quote = '\"', escape = '\"', header = true"
        ~ ', auto_detect = false)'
    ) %}
{% endmacro %}


{#- The statements that record every file met: what it was read as, and which of its
    columns nobody takes; files that no source claims have no object. -#}
{% macro duckdb__landed_files(files, parts) %}
    {% set unclaimed = files | selectattr('object', 'none') | list %}
    {% set rows = [] %}
    {% for part in parts + unclaimed %}
        {% set object = part['object'] or {} %}
        {% set values = [
            object.get('system') or part['folder'] or none,
            object.get('name'),
            part['file'],
            part['format'],
            part['delimiter'],
            part['headers'] | length if part['headers'] else none,
            part['ignored'] | join(', ') if part['ignored'] else none,
        ] %}
        {% set literals = [] %}
        {% for value in values %}
            {% do literals.append(
                'null' if value is none or value is undefined
                else duckdb__literal(value | string)
            ) %}
        {% endfor %}
        {% do rows.append('(' ~ literals | join(', ') ~ ')') %}
    {% endfor %}
    {% set statements = [
        'create or replace table raw.landed_files (system varchar, object varchar, '
        ~ 'file varchar, format varchar, delimiter varchar, n_columns bigint, '
        ~ 'ignored_columns varchar)'
    ] %}
    {% if rows %}
        {% do statements.append('insert into raw.landed_files values ' ~ rows | join(', ')) %}
    {% endif %}
    {% do return(statements | join(';\n')) %}
{% endmacro %}
