"""What an atlas says, told as answers: in one language, with names and sources in full."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from chaingraph.figures import Named, Text
from chaingraph.model import Atlas, Language
from chaingraph.outputs.tables import tidy
from chaingraph.replies import Answer

_A = TypeVar("_A", bound=Answer)


class Teller:
    """Says things of an atlas on a day, in one language."""

    def __init__(self, atlas: Atlas, as_of: str | None, lang: Language | None) -> None:
        self.atlas = atlas
        self.day = atlas.date(as_of)
        self.lang: Language = lang or atlas.language

    def text(self, text: Text) -> str:
        """Say a text in the language."""
        return text.text(self.lang)

    def other_names(self, entity: Named) -> list[str]:
        """List what else it is called: its name in the other language, and its aliases."""
        own = self.text(entity.name)
        return [name for name in entity.all_names if name != own]

    def plain(self, entity: Any) -> dict[str, Any]:
        """Return the fields of a dataclass with its texts in one language."""
        return {
            field.name: self.text(value) if isinstance(value, Text) else value
            for field in dataclasses.fields(entity)
            for value in [getattr(entity, field.name)]
        }

    def answer(self, kind: type[_A], **fields: Any) -> _A:
        """Make an answer, with the names of all ids in it and the sources that it cites."""
        said = list(_walk(fields))
        ids = dict.fromkeys(text for _, text in said)
        cited = dict.fromkeys(text for key, text in said if key == "sources")
        return kind.model_validate(
            {
                "place": self.text(self.atlas.place.name),
                "as_of": self.day.isoformat(),
                "language": self.lang,
                "names": {id: names for id in ids if (names := self._names_of(id))},
                "cited": [self._source(key) for key in cited if key in self.atlas.sources],
                **tidy(fields),
            }
        )

    def _names_of(self, id: str) -> str:
        """Say what an id stands for: a product and a project, say, may have the same one."""
        found = (self.text(each[id].name) for each in self._sections if id in each)
        return " / ".join(dict.fromkeys(found))

    @functools.cached_property
    def _sections(self) -> list[Mapping[str, Any]]:
        atlas = self.atlas
        return [
            atlas.products, atlas.enterprises, atlas.candidates, atlas.projects, atlas.policies,
            atlas.gates, atlas.regions, atlas.teams, atlas.branches, atlas.chains,
        ]  # fmt: skip

    def _source(self, key: str) -> dict[str, Any]:
        source = self.atlas.sources[key]
        fields = ("title", "publisher", "date", "url", "kind")
        return {"key": key, **{field: getattr(source, field) for field in fields}}


def _walk(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of plain data, keys included, with the field that it stands in."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield key, name
            yield from _walk(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _walk(inner, key)
