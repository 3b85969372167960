{#- A Salesforce id as its 15 characters: exports give them with three more, a checksum for
    programs that ignore case, or without. Anything else stays as it is. -#}
{% macro salesforce_id(column) -%}
    case
        when {{ text_matches(column, "'^[0-9A-Za-z]{18}$'") }} then substring({{ column }}, 1, 15)
        else {{ column }}
    end
{%- endmacro %}


{#- The text of a moment as the day that it stands for: some exports give a field that holds
    a day (ConvertedDate, CloseDate, ActivityDate) as midnight. Any other time stays. -#}
{% macro day_text(column) -%}
    case
        when {{ text_matches(
            column,
            "'^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]00:00(:00([.]0+)?)?( ?(Z|UTC|[+]00:?00))?$'",
        ) }}
            then substring({{ column }}, 1, 10)
        else {{ column }}
    end
{%- endmacro %}


{#- The words in brackets that a text begins with: `[Tool] [Email] [In]` of `[Tool] [Email]
    [In] Re: your question`; null where it begins with another word. -#}
{% macro leading_brackets(text) -%}
    {#- No pattern of brackets reads alike on all engines; one of control characters does. -#}
    {%- set marked = "replace(replace(" ~ text ~ ", '[', chr(1)), ']', chr(2))" -%}
    {%- set pattern = "'^(' || chr(1) || '[^' || chr(1) || chr(2) || ']*' || chr(2) || ' *)+'" -%}
    trim(replace(replace({{ text_extract(marked, pattern) }}, chr(1), '['), chr(2), ']'))
{%- endmacro %}
