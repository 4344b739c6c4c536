"""Questions as they come from outside: by name, with schemas of what they take and give.

Each is made of its function in `chaingraph.answers`: paths, tools, schemas and messages all
come from its signature and docstring.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from chaingraph import answers
from chaingraph.errors import UsageError, did_you_mean
from chaingraph.figures import say_how_to_write_date
from chaingraph.model import Atlas
from chaingraph.replies import Answer


@dataclasses.dataclass(frozen=True)
class Question:
    """A question as it comes from outside: by name, with a schema of what it takes."""

    path: str
    """Its short name, such as that of the command that answers it."""
    function: Callable[..., Answer]

    @property
    def name(self) -> str:
        """The name of its function."""
        return self.function.__name__

    @property
    def title(self) -> str:
        """What it is for, in one line."""
        return self._told.partition("\n")[0].rstrip(".")

    @property
    def description(self) -> str:
        """What it is for, for those who do not know the field."""
        return " ".join(self._told.split())

    @property
    def _told(self) -> str:
        return (inspect.getdoc(self.function) or "").partition("\n\nExamples\n")[0]

    @functools.cached_property
    def asked(self) -> type[BaseModel]:
        """The closed model of what it takes: the keywords of its function."""
        hints = typing.get_type_hints(self.function, include_extras=True)
        fields: dict[str, Any] = {
            parameter.name: (
                hints[parameter.name],
                ... if parameter.default is parameter.empty else parameter.default,
            )
            for parameter in inspect.signature(self.function).parameters.values()
            if parameter.kind is parameter.KEYWORD_ONLY
        }
        config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=_leave_out_none)
        return create_model(f"{self.path.capitalize()}Question", __config__=config, **fields)

    @functools.cached_property
    def repeatable(self) -> frozenset[str]:
        """The names of what it takes of which there may be several."""
        fields = self.asked.model_fields.items()
        return frozenset(
            name for name, field in fields if typing.get_origin(field.annotation) is tuple
        )

    @functools.cached_property
    def answered(self) -> type[Answer]:
        """The model of its answer."""
        kind: type[Answer] = typing.get_type_hints(self.function)["return"]
        return kind

    def read(self, words: Mapping[str, Any]) -> BaseModel:
        """
        Read what is asked from plain data.

        Raises
        ------
        UsageError
            If it cannot be read, with everything that is wrong.
        """
        try:
            return self.asked.model_validate(words)
        except ValidationError as error:
            raise UsageError(say_faults(error.errors(), self.asked)) from None

    def answer(self, atlas: Atlas, asked: BaseModel) -> Answer:
        """Answer what was read."""
        return self.function(
            atlas, **{name: getattr(asked, name) for name in type(asked).model_fields}
        )


QUESTIONS = (
    Question("overview", answers.overview),
    Question("search", answers.search_products),
    Question("gaps", answers.list_gaps),
    Question("explain", answers.explain),
    Question("targets", answers.list_targets),
    Question("group", answers.find_firms_together),
    Question("trace", answers.trace_product),
    Question("unlock", answers.unlock_product),
    Question("whatif", answers.what_if),
)
"""All that can be asked."""


def say_faults(faults: Sequence[Mapping[str, Any]], asked: type[BaseModel]) -> str:
    """Say what is wrong with a question, one clause for each fault."""
    # that a wrong value is not nothing either goes without saying
    told = [fault for fault in faults if fault["type"] != "none_required"]
    wrong_items = {fault["loc"][:-1] for fault in told}
    clauses = (
        _say_fault(fault, asked)
        for fault in told
        # what is wrong is left out of a list, which may look empty then
        if fault["type"] != "too_short" or fault["loc"] not in wrong_items
    )
    return "; ".join(dict.fromkeys(clauses))


def _leave_out_none(schema: dict[str, Any]) -> None:
    """What is not asked is left out, not given as null."""
    for field in schema["properties"].values():
        if field.get("default", "") is None:
            del field["default"]


def _say_fault(fault: Mapping[str, Any], asked: type[BaseModel]) -> str:
    known = asked.model_fields
    words = [part for part in fault["loc"] if isinstance(part, str)]
    name = next((word for word in words if word in known), words[-1] if words else "the question")
    found = fault.get("input")
    match fault["type"]:
        case "extra_forbidden":
            hint = did_you_mean(name, known)[0]
            return f"no option {name!r}{hint}: there are {', '.join(known)}"
        case "missing":
            return f"{name!r} is missing: {known[name].description if name in known else ''}"
        case "string_pattern_mismatch":
            return f"{name} cannot be {found!r}: {say_how_to_write_date(found)}, or today"
        case "literal_error":
            return f"{name} cannot be {found!r}: it is {fault['ctx']['expected']}"
        case plain if plain in _PLAIN:
            return f"{name} {_PLAIN[plain].format(**fault.get('ctx', {}))}"
        case _:
            return f"{name}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"


_PLAIN = {
    "string_too_short": "must not be empty",
    "string_too_long": "may have {max_length} letters at most",
    "too_short": "needs at least one",
    "too_long": "takes {max_length} at most",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "is too large",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "string_type": "must be a text",
    "tuple_type": "must be a list",
}
"""What is wrong, by the type of pydantic's fault."""
