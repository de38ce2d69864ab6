"""A learning rate that rises and falls more than once."""

from typing import Any

import keras
from keras import ops
from keras.optimizers.schedules import LearningRateSchedule


@keras.saving.register_keras_serializable("tenfold")
class Cycles(LearningRateSchedule):  # type: ignore[misc]
    """`cycle`, a schedule for so many `steps`, again and again."""

    def __init__(self, cycle: LearningRateSchedule, steps: int) -> None:
        self.cycle, self.steps = cycle, steps

    def __call__(self, step: Any) -> Any:
        return self.cycle(ops.mod(step, self.steps))

    def get_config(self) -> dict[str, Any]:
        return {"cycle": keras.saving.serialize_keras_object(self.cycle), "steps": self.steps}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Cycles":
        return cls(keras.saving.deserialize_keras_object(config["cycle"]), config["steps"])
