"""What Chinese pages need: search by pairs of characters, and lines that join without a blank.

Sphinx's own search cuts a page into words and the reader's question at blanks, so that
most questions find nothing.  Here both are cut into the same pairs: 供需平衡 is found
where 供需, 需平 and 平衡 are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import search
from sphinx.search.en import SearchEnglish

if TYPE_CHECKING:
    from sphinx.application import Sphinx

RUN = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")


class ChinesePairs(SearchEnglish):
    """Chinese characters one by one and in pairs, other words as in English."""

    js_splitter_code = r"""
var splitQuery = (query) =>
  (query.match(/[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[\p{Letter}\p{Number}_])+/gu) || []).flatMap(
    (run) => run < "\u3400" || run.length < 2
      ? [run]
      : Array.from({ length: run.length - 1 }, (_, at) => run.slice(at, at + 2)),
  );
"""

    def split(self, input: str) -> list[str]:
        """Cut a page into what can be searched for."""
        words: list[str] = []
        for run in RUN.findall(input):
            if "\u3400" <= run[0] <= "\u9fff":
                words += [*run, *(run[at : at + 2] for at in range(len(run) - 1))]
            else:
                words.append(run)
        return words

    def word_filter(self, word: str) -> bool:
        """Keep single characters too, but no single letters or digits."""
        return word >= "\u3400" or (len(word) > 1 and super().word_filter(word))


def join_lines(app: Sphinx, page: nodes.document) -> None:
    """Take out the line ends beside Chinese characters; browsers would show them as blanks."""
    if app.config.html_search_language != "zh":
        return
    for end in [text for text in page.findall(nodes.Text) if text == "\n"]:
        siblings = end.parent.children
        at = siblings.index(end)
        around = [node.astext() for node in siblings[max(at - 1, 0) : at + 2]]
        if around[0][-1:] >= "\u2e80" or around[-1][:1] >= "\u2e80":
            end.parent.remove(end)


def setup(app: Sphinx) -> dict[str, Any]:
    """Put the search in the place of Sphinx's own."""
    search.languages["zh"] = ChinesePairs
    app.connect("doctree-read", join_lines)
    return {"parallel_read_safe": True}
