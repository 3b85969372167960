{#- The e-mail address by which records are compared: lower-case, without blanks around it,
    and, where the expression ignores_plus_tags holds, without what follows a `+` in its
    local part. Null for a blank or a broken address. -#}
{% macro comparable_address(email, ignores_plus_tags) -%}
    case
        when not {{ text_matches('lower(trim(' ~ email ~ '))', "'^[^@ <>(),;:]+@[^@ <>(),;:]+[.][^@ <>(),;:]+$'") }}
            then null
        when {{ ignores_plus_tags }}
            then
                {{ address_local_part(email) }} || '@'
                || {{ text_around('lower(trim(' ~ email ~ '))', '@', 2) }}
        else lower(trim({{ email }}))
    end
{%- endmacro %}


{#- What stands before the @ of an address, lower-case and without a plus-tag: `jo` of
    ` Jo+News@acme.example`. Shared mailboxes are named by it. -#}
{% macro address_local_part(email) -%}
    coalesce(
        nullif({{ text_around(text_around('lower(trim(' ~ email ~ '))', '@', 1), '+', 1) }}, ''),
        {{ text_around('lower(trim(' ~ email ~ '))', '@', 1) }}
    )
{%- endmacro %}
