"""Learning rate schedules."""

from typing import Any

import keras
from keras import ops
from keras.optimizers.schedules import CosineDecay, LearningRateSchedule


def warm_up_and_cosine(
    learning_rate: float, steps: int, warm_up: int, *, rise: float, alpha: float = 0.01
) -> CosineDecay:
    """Rises from `learning_rate` / `rise` in `warm_up` of the `steps`, then decays to `alpha` times it."""
    return CosineDecay(
        learning_rate / rise,
        steps - warm_up,
        alpha=alpha,
        warmup_target=learning_rate,
        warmup_steps=warm_up,
    )


@keras.saving.register_keras_serializable("tenfold")
class Cycles(LearningRateSchedule):  # type: ignore[misc]
    """Repeats `cycle`, a schedule of `steps` steps."""

    def __init__(self, cycle: LearningRateSchedule, steps: int) -> None:
        self.cycle, self.steps = cycle, steps

    def __call__(self, step: Any) -> Any:
        return self.cycle(ops.mod(step, self.steps))

    def get_config(self) -> dict[str, Any]:
        return {"cycle": keras.saving.serialize_keras_object(self.cycle), "steps": self.steps}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Cycles":
        return cls(keras.saving.deserialize_keras_object(config["cycle"]), config["steps"])
