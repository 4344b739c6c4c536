"""The templates of HTML pages; every text in them is escaped."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader

from chaingraph.model import Language


def read_templates(lang: Language) -> Environment:
    """
    Return the templates, in which ``lang`` is the language and ``t(zh, en)`` chooses by it.

    Examples
    --------
    >>> read_templates("en").from_string("{{ t('缺口', 'Gaps & more') }}").render()
    'Gaps &amp; more'
    """
    environment = Environment(
        loader=PackageLoader("chaingraph.outputs", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(lang=lang, t=lambda zh, en: zh if lang == "zh" else en)
    return environment
