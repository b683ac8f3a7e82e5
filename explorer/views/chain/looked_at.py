"""What the person looks at in a chain workspace: its lanes, and what is known of them."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QObject

from explorer.engine.chain.messages import LaneKey, Samples, lane_keys
from explorer.recipe import ChainRecipe, ExactProcess, Lane
from explorer.recipe.quantities import QUANTITIES, Quantity
from explorer.state.edits.exact_lanes import LENGTH, data_set_of
from explorer.state.edits.lanes import schedule_length
from explorer.state.edits.selection import samples_of
from explorer.state.session import ChainState
from explorer.views.chain.chain_part import ChainPart
from explorer.views.chain.run import ChainRun, ancestors
from explorer.views.chain.timeline import plan_of, timeline_of
from explorer.views.shared.class_names import names_in
from explorer.views.shared.labels import Called
from explorer.views.workspace import Context


class LookedAt(QObject):
    """Read from the session, the library and the run; asks nothing.

    Attributes
    ----------
    context : Context
    part : ChainPart
    run : ChainRun
    following : bool
        The cursor stays at the newest state while sampling, until the person moves it.
    """

    def __init__(self, context: Context, part: ChainPart, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.context, self.part = context, part
        self.run = ChainRun(context.client, part.name, self)
        self.run.timeline = lambda: plan_of(self.timeline, self.run.plans)
        self.following = False
        self._keys: tuple[ChainRecipe, tuple[LaneKey, ...]] | None = None

    @cached_property
    def called(self) -> Called:
        """Names of lanes' classes."""
        return names_in(self.context.library)

    @property
    def state(self) -> ChainState:
        """What the person chose."""
        return self.part.state

    @property
    def shown(self) -> Quantity:
        """Row of the quantity that the lanes show."""
        return QUANTITIES[self.state.quantity]

    # --- lanes ---

    @property
    def keys(self) -> tuple[LaneKey, ...]:
        """Keys of the lanes, in their order."""
        recipe = self.state.recipe
        if self._keys is None or self._keys[0] is not recipe:
            self._keys = recipe, lane_keys(recipe)
        return self._keys[1]

    @property
    def sound_keys(self) -> tuple[LaneKey, ...]:
        """Keys of the lanes that can be sampled, or of all if none can."""
        return tuple(key for key in self.keys if key not in self.run.failed) or self.keys

    @property
    def keys_with_states(self) -> tuple[LaneKey, ...]:
        """Keys of the lanes that have a state already, each once."""
        return tuple(key for key in dict.fromkeys(map(self.seen_of, self.keys)) if key in self.run.done)

    def seen_of(self, key: LaneKey) -> LaneKey:
        """The lane whose states are seen in a lane's place: itself, or the one that it leaves while it has none of its own."""
        if key in self.run.done or key in self.run.failed:
            return key
        return next((older for older in ancestors(key) if older in self.run.done), key)

    @property
    def seen_key(self) -> LaneKey | None:
        """As `key`, of what is seen in its place."""
        return None if self.key is None else self.seen_of(self.key)

    @property
    def lane(self) -> int:
        """Index of the lane whose equation and film strip are shown."""
        return max(0, min(self.state.lane, len(self.keys) - 1))

    @property
    def key(self) -> LaneKey | None:
        """Key of that lane; None without lanes."""
        return self.keys[self.lane] if self.keys else None

    @property
    def reference(self) -> int:
        """Index of the lane that differences refer to."""
        return max(0, min(self.state.reference, len(self.keys) - 1))

    @property
    def reference_key(self) -> LaneKey | None:
        """Key of that lane; None where there is no other lane to be compared with it."""
        return self.keys[self.reference] if len(self.keys) > 1 else None

    @property
    def is_lost(self) -> bool:
        """Whether the network of the lane that is looked at is not to be had."""
        return self.key is not None and bool(self.run.lost(self.key))

    @property
    def all_lost(self) -> bool:
        """Whether that is so of every lane."""
        return bool(self.keys) and all(self.run.lost(key) for key in self.keys)

    def t_of(self, key: LaneKey) -> int:
        """Timestep that is shown of a lane: the cursor.

        While it follows the sampling, it is where the slowest lane is; one that has its image already does not go back to noise for
        that, unless it is to be compared with the others. One that is seen in a branch's place is at the cursor.
        """
        waits_for_others = self.following and self.run.sampling and self.shown.beside != "lane"
        own = waits_for_others and key in self.keys
        return 0 if own and self.run.reached(key) == 0 else self.state.t

    def is_short_of_cursor(self, key: LaneKey | None) -> bool:
        """Whether the newest state of a lane is above the cursor still: with another one more can be shown there."""
        reached = None if key is None else self.run.reached(key)
        return reached is None or reached >= max(self.state.t, 1)

    # --- samples ---

    @property
    def sample(self) -> int:
        """Index of the selected sample."""
        return max(0, min(self.state.selected, self.state.recipe.samples - 1))

    @property
    def samples(self) -> tuple[int, ...]:
        """Every selected sample, ascending; the one that is looked at is among them."""
        return samples_of(self.state)

    @property
    def sample_of_curves(self) -> Samples:
        """The sample that curves are of, or those that they are the mean of; None for all."""
        if self.state.curves_of == "all":
            return None
        return self.samples if len(self.samples) > 1 else self.sample

    # --- time ---

    @property
    def T(self) -> int:
        """Largest timestep of any lane."""
        return max((self._length(key) for key in self.sound_keys), default=1000)

    @property
    def lengths(self) -> tuple[int, ...]:
        """T of each lane's schedule."""
        return tuple(self._length(key) for key in self.keys)

    def _length(self, key: LaneKey) -> int:
        """T of a lane's schedule, 1000 where it is not known yet."""
        plan = self.run.plans.get(key)
        if plan is not None:
            return len(plan.levels) - 1
        if key.lane.schedule is not None:
            return key.lane.schedule.T
        return schedule_length(self.context.library.find(key.lane.checkpoint)) or 1000

    def schedule_of(self, lane: Lane) -> tuple[int, str]:
        """T and name of a lane's schedule, as far as they are known."""
        if lane.schedule is not None:
            return lane.schedule.T, lane.schedule.title
        return self.own_length_of(lane), self._own_name_of(lane)

    def learned_variance_of(self, lane: Lane) -> bool:
        """Whether its network has learned a variance, as far as that is known."""
        entry = self.context.library.find(lane.checkpoint)
        return entry is not None and entry.card is not None and entry.card.learned_variance

    def own_length_of(self, lane: Lane) -> int:
        """T of the schedule that a lane walks if it names none."""
        if lane.exact is not None:
            return LENGTH
        return schedule_length(self.context.library.find(lane.checkpoint)) or self.T

    def _own_name_of(self, lane: Lane) -> str:
        entry = self.context.library.find(lane.checkpoint)
        card = entry.card.schedule if entry is not None and entry.card is not None else None
        return "linear" if lane.exact is not None else card.name if card is not None else ""

    @property
    def timeline(self) -> LaneKey | None:
        """The lane on whose schedule the cursor is; the others show the states of the same noise level."""
        keys = self.sound_keys
        reference = keys.index(self.keys[self.reference]) if keys and self.keys[self.reference] in keys else 0
        return timeline_of(keys, [self._length(key) for key in keys], reference)

    # --- data ---

    @property
    def exact(self) -> ExactProcess | None:
        """The data set that the lane is seen beside, as far as it is known."""
        key = self.key
        entry = self.context.library.find(key.lane.checkpoint) if key is not None else None
        return data_set_of(self.state, self.lane, entry)

    @property
    def weighed(self) -> ExactProcess | None:
        """The data set that what the lanes show is weighed against, if it is."""
        return self.exact if self.shown.beside == "data set" else None
