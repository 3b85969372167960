-- Where won amounts came from, by fiscal quarter, newest first.
select * from rpt_marketing_share
order by fiscal_quarter_start_date desc
