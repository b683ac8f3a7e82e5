"""What there is to know of one setting of a run: its option of the command line, whom it concerns, and its field of the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from explorer.recipe.training.field import Field

Kind = Literal["ddpm", "vae", "ae", "pca", "classifier"]
EVERY: tuple[Kind, ...] = get_args(Kind)
TRAINED: tuple[Kind, ...] = ("ddpm", "vae", "ae", "classifier")
"""All but pca, which is computed."""


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


def option_name(name: str, on: bool = True) -> str:
    """For example "--outer-skip", or "--no-outer-skip"."""
    return f"--{'' if on else 'no-'}{name.replace('_', '-')}"
