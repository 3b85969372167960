-- What both teams agreed on, newest first.
select * from dim_agreement_versions
order by effective_from desc, version_id desc
