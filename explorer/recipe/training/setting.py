"""What there is to know of one setting of a run: its option of the command line, whom it concerns, and its field of the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

Kind = Literal["ddpm", "vae", "ae", "pca", "classifier"]
EVERY: tuple[Kind, ...] = get_args(Kind)
TRAINED: tuple[Kind, ...] = ("ddpm", "vae", "ae", "classifier")
"""All but pca, which is computed."""

Group = Literal["data", "first", "learning", "network"]
"""Where the form has a field: under the data set where that is not MNIST, always, or in one of the columns of more settings."""


@dataclass(frozen=True)
class Field:
    """A field of the form.

    Attributes
    ----------
    label : str
        With & before its mnemonic.
    group : Group
    tip : str
        Tooltip.
    ahead : bool
        It stands before those of its group that do not.
    """

    label: str
    group: Group
    tip: str
    ahead: bool = False


@dataclass(frozen=True)
class NumberField(Field):
    """A whole number in [least, most]; `none` is what the least is called where it stands for None."""

    least: int = 1
    most: int = 1
    none: str = ""


@dataclass(frozen=True)
class SeedField(Field):
    """A seed, with a button that draws another."""


@dataclass(frozen=True)
class ChoiceField(Field):
    """One of some values."""

    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TickField(Field):
    """Yes or no, with words beside the box."""

    words: str = ""


@dataclass(frozen=True)
class TextField(Field):
    """What is typed: a number within the setting's bounds, or a list as its option takes it; `usual` is shown where it is empty."""

    usual: str = ""


@dataclass(frozen=True)
class Switch:
    """An option without a value. Given as it is not by default, it says that the setting is `means`."""

    name: str
    default: bool
    means: str
    help: str

    @property
    def option(self) -> str:
        """What is typed to say `means`."""
        return option_name(self.name, not self.default)


@dataclass(frozen=True)
class Text:
    """How a value that is no single word is typed: `read` raises a ValueError that says what is expected."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Setting:
    """All that is known of a setting but its name, type and default, which its class has.

    Attributes
    ----------
    help : str
        Of the option; empty for what no person types.
    kinds : tuple of Kind
        For which it means something.
    least, most : number or None
        Bounds.
    option : str
        Of the command line; by default made from the name.
    is_argument : bool
        It is typed without an option's name.
    switches : tuple of Switch
        Instead of an option with a value.
    text : Text or None
        How it is typed where the type does not say so.
    always : bool
        A recipe's command says it even where it is the usual.
    said_if : function of the recipe
        Whether a recipe's command says it at all.
    costs : bool
        An update's time or memory depends on it.
    field : Field or None
        Of the form.
    """

    help: str = ""
    kinds: tuple[Kind, ...] = TRAINED
    least: float | None = None
    most: float | None = None
    option: str = ""
    is_argument: bool = False
    switches: tuple[Switch, ...] = ()
    text: Text | None = None
    always: bool = False
    said_if: Callable[[Any], bool] = lambda recipe: True
    costs: bool = False
    field: Field | None = None


@dataclass(frozen=True)
class Row:
    """A setting as a class has it.

    Attributes
    ----------
    type : type
        Without what is annotated.
    default : object
        `msgspec.NODEFAULT` where it has to be given.
    """

    name: str
    type: Any
    default: Any
    about: Setting

    @property
    def option(self) -> str:
        """For example "--learning-rate"."""
        return self.about.option or option_name(self.name)

    def typed(self, value: Any) -> list[str]:
        """Words of the command line that say this value; none for what switches say by not being there."""
        if self.about.switches:
            return [switch.option for switch in self.about.switches if switch.means == value]
        if isinstance(value, bool):
            return [self.option if value else option_name(self.name, False)]
        if self.about.text is not None:
            return [self.option, self.about.text.write(value)]
        return [self.option, _exactly(value) if isinstance(value, float) else str(value)]

    def check(self, value: Any) -> None:
        """Refuse what is out of bounds (ValueError); None is what is not asked for."""
        low, high, name = self.about.least, self.about.most, self.name.replace("_", " ")
        if value is None or low is None:
            return
        if high is None and not value >= low:
            raise ValueError(f"{name} must be at least {low:g}, not {value}")
        if high is not None and not low <= value <= high:
            raise ValueError(f"{name} must be in [{low:g}, {high:g}], not {value}")


Class = TypeVar("Class", bound=msgspec.Struct)


@cache
def rows(of: type[msgspec.Struct]) -> tuple[Row, ...]:
    """The settings of a class, in the order of its fields; what a base class said of one holds where only its type or default is new."""
    hints = get_type_hints(of, include_extras=True)
    found = []
    for info in msgspec.structs.fields(of):
        about = next((said for base in of.__mro__ for said in _said(base, info.name)), None)
        if about is not None:
            hint = hints[info.name]
            found.append(Row(info.name, get_args(hint)[0] if get_origin(hint) is Annotated else hint, info.default, about))
    return tuple(found)


def _said(base: type, name: str) -> list[Setting]:
    if name not in getattr(base, "__annotations__", {}):
        return []
    return [note for note in getattr(get_type_hints(base, include_extras=True)[name], "__metadata__", ()) if isinstance(note, Setting)]


def fields(of: type[msgspec.Struct], group: Group | None = None) -> tuple[tuple[Row, Field], ...]:
    """The settings that the form shows (in a group of it), in its order."""
    shown = [(row, row.about.field) for row in rows(of) if row.about.field is not None and group in (None, row.about.field.group)]
    return tuple(sorted(shown, key=lambda pair: not pair[1].ahead))


def option_name(name: str, on: bool = True) -> str:
    """For example "--outer-skip", or "--no-outer-skip"."""
    return f"--{'' if on else 'no-'}{name.replace('_', '-')}"


def _exactly(value: float) -> str:
    """As short as it can be and still read as this number."""
    short = f"{value:.12g}"
    return short if float(short) == value else repr(value)
