"""Reads the hidden forms that carry LTI messages through a browser."""

from lxml import html


def hidden_form(page: str) -> tuple[str, dict[str, str]]:
    """Action and fields of the page's form."""
    form = html.fromstring(page).forms[0]
    return form.action, dict(form.fields)
