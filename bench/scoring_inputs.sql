-- Random inputs of the scoring models, always the same for one size: {leads} leads with 20
-- activities each over two years, busy and quiet ones, in the relations that scoring reads. Every
-- fifth lead changes a field, every fourth is given back once, a few are rejected or buy.
create or replace macro dice(lead_number, throw, sides) as
    cast(hash(lead_number * 1000003 + throw) % sides as bigint);

create or replace temp table bench_leads as
select
    range as n,
    'salesforce:lead:00Q' || lpad(cast(range as varchar), 15, '0') as lead_id,
    timestamp '2024-10-01' + to_seconds(dice(range, 1, 400 * 86400)) as created_at
from range({leads});

delete from intermediate.int_lead_records;
insert into intermediate.int_lead_records by name
select lead_id, lead_id as record_key, 'salesforce' as system, created_at from bench_leads;

-- A tenth of the leads does half of all that is done.
delete from intermediate.int_lead_activities;
insert into intermediate.int_lead_activities by name
select
    'marketo' as system,
    cast(n * 1000 + k as varchar) as activity_id,
    lead_id,
    case
        when throw < 300 then 'email_open'
        when throw < 500 then 'page_view'
        when throw < 560 then 'pricing_page_view'
        when throw < 640 then 'content_download'
        when throw < 680 then 'webinar_registered'
        when throw < 710 then 'webinar_attended'
        when throw < 790 then 'email_click'
        when throw < 800 then 'email_reply'
        when throw < 804 then 'demo_request'
        when throw < 808 then 'contact_sales'
        when throw < 815 then 'unsubscribe'
        when throw < 915 then 'email_sent'
        else 'call'
    end as activity,
    case when throw < 815 then 'buyer' else 'seller' end as side,
    'inbound' as direction,
    false as is_two_way,
    throw between 815 and 914 as is_automated,
    dice(n, 3 * k + 7, 50) = 0 as is_echo,
    created_at + to_seconds(dice(n, 3 * k + 5, 500 * 86400)) as occurred_at,
    case dice(n, 3 * k + 7, 4) when 0 then 'Guide to planning' else 'Page ' || (k % 30) end as asset,
    case when dice(n, 3 * k + 7, 20) = 1 then 'Syndicated spring' else 'Newsletter' end
        as campaign_name
from (
    select
        n,
        lead_id,
        created_at,
        unnest(range(case when n % 10 = 0 then 100 else 11 end)) as k,
        dice(n, 3 * k + 6, 1000) as throw
    from bench_leads
) as rolled;

delete from intermediate.int_lead_attribute_values;
insert into intermediate.int_lead_attribute_values by name
with fields as (
    select unnest(['title', 'employees', 'industry', 'country', 'email_domain', 'email', 'company'])
        as attribute
),
valued as (
    select
        lead_id,
        attribute,
        case attribute
            when 'title'
                then (['CEO', 'Head of Operations', 'Manager IT', 'Analyst', 'Student', 'Buyer',
                    'VP Sales', 'Team Lead', null, 'Coordinator'])[1 + dice(n, 11 + turn, 10)]
            when 'employees' then cast(power(2, dice(n, 21 + turn, 13)) as varchar)
            when 'industry'
                then (['Software', 'Logistics', 'Retail', 'Finance', null])[1 + dice(n, 31 + turn, 5)]
            when 'country'
                then (['Germany', 'France', 'Austria', 'Brazil', 'United Kingdom'])
                    [1 + dice(n, 41, 5)]
            when 'email_domain'
                then case dice(n, 51, 10) when 0 then 'gmail.com' else 'firm' || dice(n, 52, 5000) end
            when 'email' then 'person' || n || '@example.com'
            else 'Firm ' || dice(n, 52, 5000)
        end as value,
        turn,
        n % 5 = 0 and attribute in ('title', 'employees', 'industry') as changes,
        created_at + to_seconds(dice(n, 61, 400 * 86400)) as changed_at
    from bench_leads
    cross join fields
    cross join range(2) as turns(turn)
)
select
    lead_id,
    attribute,
    value,
    case turn when 0 then timestamp '1900-01-01' else changed_at end as valid_from,
    case when turn = 0 and changes then changed_at else timestamp '9999-12-31' end as valid_to,
    'history' as basis,
    false as is_before_sales,
    turn = 1 as is_change
from valued
where turn = 0 or changes;

delete from intermediate.int_lead_status_changes;
insert into intermediate.int_lead_status_changes by name
select
    lead_id || ':' || stage as change_key,
    lead_id,
    'salesforce' as system,
    stage,
    case stage
        when 'sales_accepted' then created_at + to_seconds(dice(n, 72, 400 * 86400))
        else created_at + to_seconds(dice(n, 73, 400 * 86400))
    end as changed_at,
    'second' as changed_precision,
    case stage when 'rejected' then (['bad_data', 'no_interest', 'too_small'])[1 + dice(n, 74, 3)] end
        as reason
from (
    select *, unnest(['sales_accepted', 'rejected', 'recycled']) as stage from bench_leads
) as staged
where
    (stage = 'sales_accepted' and n % 6 = 1)
    or (stage = 'rejected' and n % 10 = 3)
    or (stage = 'recycled' and n % 10 = 4);

delete from intermediate.int_customer_periods;
insert into intermediate.int_customer_periods by name
select
    lead_id,
    'lead' as scope,
    created_at + to_seconds(dice(n, 81, 400 * 86400)) as customer_since,
    timestamp '9999-12-31' as customer_until
from bench_leads
where n % 33 = 5;

delete from intermediate.int_opportunities;
delete from intermediate.int_mql_stamps;
-- One version resets the score, so that both ways are measured.
update agreement.agreement_versions set resets_score_each_cycle = version_id = 'v2';
