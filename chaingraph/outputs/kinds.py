"""The types of the model's fields, without what is wrapped around them."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, NamedTuple, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel

from chaingraph.model import Atlas, AtlasFile


class Bare(NamedTuple):
    """A type without what is wrapped around it, and the marks on the way."""

    kind: Any
    marks: list[Any]


def bare(kind: Any) -> Bare:
    """
    Take a type out of what is wrapped around it; of several the first that is not None.

    Examples
    --------
    >>> bare(Annotated[float, "mark"] | None)
    Bare(kind=<class 'float'>, marks=['mark'])
    """
    if isinstance(kind, Bare):
        return kind
    marks: list[Any] = []
    while True:
        if get_origin(kind) is Annotated:
            kind, *more = get_args(kind)
            marks += more
        elif get_origin(kind) in (Union, UnionType):
            kind = next(option for option in get_args(kind) if option is not type(None))
        else:
            return Bare(kind, marks)


def kind_of(section: str) -> Any:
    """Return the type of the entities of a section."""
    if section == "place":
        return AtlasFile
    return get_args(Atlas.model_fields[section].annotation)[1]


def is_model(kind: Any) -> TypeGuard[type[BaseModel]]:
    """Tell whether a type is a model."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)
