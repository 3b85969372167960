-- Guards: an amount multiplied by a rate that is no rate, or reported in a currency that the
-- rates do not lead to.
select
    {{ at_row('map_exchange_rates', ['currency', 'valid_from']) }}
    || 'rate_to_reporting must be above 0' as message
from {{ ref('map_exchange_rates') }}
where rate_to_reporting is null or rate_to_reporting <= 0

union all

select
    {{ at_row('map_exchange_rates', ['currency', 'valid_from']) }}
    || 'write the currency in capitals, three letters (ISO 4217)' as message
from {{ ref('map_exchange_rates') }}
where not {{ text_matches('currency', "'^[A-Z][A-Z][A-Z]$'") }}

union all

select
    {{ at_row('map_exchange_rates', ['currency', 'valid_from']) }}
    || 'is the reporting currency (vars.reporting_currency): its rate must be 1' as message
from {{ ref('map_exchange_rates') }}
where currency = '{{ var('reporting_currency') }}' and rate_to_reporting <> 1

union all

select
    'map_exchange_rates.csv: the reporting currency {{ var('reporting_currency') }} has no row; '
    || 'add it with rate 1, and give all other rates towards it' as message
from (
    select count(*) as n_rows from {{ ref('map_exchange_rates') }}
    where currency = '{{ var('reporting_currency') }}'
) as reporting_rows
where reporting_rows.n_rows = 0
