"""The page that tells what can be asked over the web."""

import html

import pytest

from chaingraph.asking import QUESTIONS
from chaingraph.options import Chinese
from chaingraph.outputs.live_page import Frame, draw_api_page

OPTIONS = [option for each in QUESTIONS for option in each.asked.model_fields.values()]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.path)
def test_every_option_is_explained_in_chinese_once(question):
    for option in question.asked.model_fields.values():
        assert len([each for each in option.metadata if isinstance(each, Chinese)]) == 1


@pytest.mark.parametrize(("lang", "other"), [("zh", "en"), ("en", "zh")])
def test_the_api_page_explains_options_in_one_language(lang, other):
    frame = Frame(name="town", problems=(), marks=("1", "1"), made_at=None, lang=lang)
    page = html.unescape(draw_api_page("pvdf", frame))
    for option in OPTIONS:
        (chinese,) = [each.text for each in option.metadata if isinstance(each, Chinese)]
        told = {"zh": chinese, "en": option.description}
        assert told[lang] in page
        assert told[other] not in page
