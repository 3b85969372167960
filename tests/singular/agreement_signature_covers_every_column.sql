-- Guards: a column or a seed that the signature's hash forgets could be changed behind both
-- teams' backs. Compares the hash's columns with those that the seeds' properties declare.
{%- set signed = agreement_signed_columns() %}
{%- set faults = [] %}
{%- if execute %}
    {%- set declared = {} %}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'seed' and node.name.startswith('agreement_') %}
        {%- do declared.update({node.name: node.columns.keys() | list}) %}
    {%- endfor %}
    {%- for seed, columns in declared.items() %}
        {%- for column in columns
            if column not in signed.get(seed, [])
            and not (seed == 'agreement_versions' and column in agreement_unsigned_columns()) %}
            {%- do faults.append(seed ~ '.csv, column ' ~ column ~ ': no signature covers it; '
                ~ 'add it to agreement_signed_columns in macros/agreement/signatures.sql') %}
        {%- endfor %}
    {%- endfor %}
    {%- for seed, columns in signed.items() %}
        {%- for column in columns if column not in declared.get(seed, []) %}
            {%- do faults.append(seed ~ '.csv, column ' ~ column ~ ': signed but not declared in '
                ~ 'seeds/properties/_agreement.yml') %}
        {%- endfor %}
    {%- endfor %}
{%- endif %}
{%- for fault in faults %}
select '{{ fault }}' as message
union all
{%- endfor %}
select message
from (select cast(null as {{ dbt.type_string() }}) as message) as nothing
where message is not null
