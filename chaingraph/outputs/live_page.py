"""The frame of the live page: where one is, what is wrong with the files, and the view itself.

Problems are written into the page by the server, so that they are there without
scripts too; `live.js` takes them over when the files change, and reloads the view.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
from collections.abc import Sequence
from importlib import resources
from typing import Any
from urllib.parse import unquote, urlencode

from pydantic.fields import FieldInfo

from chaingraph.asking import QUESTIONS
from chaingraph.errors import Problem
from chaingraph.model import Language
from chaingraph.options import Chinese
from chaingraph.outputs.pages import read_templates

VIEWS: dict[str, tuple[str, str, str]] = {
    "/": ("index.html", "概览", "Overview"),
    "/map": ("map.html", "图谱", "Map"),
    "/gaps": ("gaps.html", "缺口", "Gaps"),
    "/targets": ("targets.html", "目标企业", "Targets"),
    "/projects": ("projects.html", "项目", "Projects"),
    "/poster": ("poster.svg", "挂图", "Poster"),
}
"""Address → the file that is seen there, and what it is called."""

ASKED_ZH = {
    "overview": "图谱概况：地方、产业链、细分链，各有多少在本地",
    "search": "找产品：名称、别名、代码、拼音",
    "gaps": "缺口，按得分排列",
    "explain": "一个缺口的来龙去脉：每个数字从哪里来",
    "targets": "目标企业：每个缺口找谁，依据是什么",
    "group": "组团招商：哪几家合起来，能补上一个产品要落地的一切",
    "trace": "一个产品由什么做成，或用到哪里",
    "unlock": "要做一个产品，先要一起落地什么",
    "whatif": "假如落地：补上、新显出哪些缺口，本地配套率怎么变",
}
"""What each question is called in Chinese."""

_templates = functools.cache(read_templates)

SHOWN = 200
"""How many problems the page lists."""


@dataclasses.dataclass(frozen=True)
class Frame:
    """What stands around every page."""

    name: str
    """What the atlas is called."""
    problems: Sequence[Problem]
    """What is wrong with the files as they are."""
    marks: tuple[str, str]
    """Marks of the state and of the edition, by which a page knows that it is old."""
    made_at: datetime.datetime | None
    """When the files were good last; none if never: then there is no view."""
    lang: Language
    """`zh` or `en`."""


def draw_live_page(path: str, frame: Frame) -> str:
    """
    Draw a page of the atlas.

    Parameters
    ----------
    path
        One of `VIEWS`.
    frame
        What stands around it.

    Returns
    -------
    html
        A page that needs `live.css`, `live.js` and the file of the view.
    """
    return _draw("live.html", path, frame, file=VIEWS[path][0])


def draw_api_page(product: str, frame: Frame) -> str:
    """
    Draw the page that tells what the JSON interface can be asked.

    Parameters
    ----------
    product
        The id of a product, for examples.
    frame
        What stands around it.

    Returns
    -------
    html
        A page that needs `live.css` and `live.js`.
    """
    samples = {"words": product, "product": product, "land": f"{product}=1000"}
    rows = []
    for question in QUESTIONS:
        fields = question.asked.model_fields
        asked = [(name, samples[name]) for name, each in fields.items() if each.is_required()]
        address = f"/api/{question.path}" + (f"?{urlencode(asked)}" if asked else "")
        rows.append(
            (
                question.path,
                unquote(address),
                address,
                ASKED_ZH[question.path] if frame.lang == "zh" else question.title,
                [(name, _explain(each, frame.lang)) for name, each in fields.items()],
            )
        )
    return _draw("api.html", "/api", frame, rows=rows)


def _draw(template: str, path: str, frame: Frame, **shown: Any) -> str:
    lang, problems, made_at = frame.lang, frame.problems, frame.made_at
    return (
        _templates(lang)
        .get_template(template)
        .render(
            path=path,
            views=[(to, zh if lang == "zh" else en) for to, (_, zh, en) in VIEWS.items()],
            name=frame.name,
            problems=[
                (str(each.place), each.zh if lang == "zh" else each.en, each.code)
                for each in problems[:SHOWN]
            ],
            count=len(problems),
            state=frame.marks[0],
            edition=frame.marks[1],
            made_at=f"{made_at:%H:%M:%S}" if made_at else None,
            **shown,
        )
    )


def _explain(option: FieldInfo, lang: Language) -> str | None:
    if lang == "en":
        return option.description
    return next(each.text for each in option.metadata if isinstance(each, Chinese))


def draw_notice(
    status: int, text: str, lang: Language, *, link: tuple[str, str] | None = None
) -> str:
    """
    Draw the page that says why there is nothing to see.

    Parameters
    ----------
    status
        The HTTP status.
    text
        Why.
    lang
        `zh` or `en`.
    link
        Where to go on, if anywhere, and what that is called.

    Returns
    -------
    html
        One page with no other file behind it.
    """
    template = _templates(lang).get_template("notice.html")
    return template.render(status=status, text=text, link=link)


@functools.cache
def read_static(name: str) -> bytes:
    """Return `live.css` or `live.js`."""
    return (resources.files("chaingraph.outputs") / "templates" / name).read_bytes()
