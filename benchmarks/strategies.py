"""One large run on all cores: tenfold's sharing of batches, or TensorFlow's MirroredStrategy?

usage: python benchmarks/strategies.py [--images N] [--rounds R] [RECIPE ...]

Trains each recipe for three epochs in three ways in turn, each in a process of its own: on one core, on all
with each batch shared among them (tenfold.training.share), and with MirroredStrategy on as many logical
processors as there are cores. Prints the time per epoch of both as a multiple of that on one core, the first
epoch left out, and keeps it in benchmarks/results/.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext

from ratios import describe, keep
from tenfold.cores import available_cores

WAYS = ("one core", "shared", "mirrored")
EPOCHS = 3


def train(recipe_name: str, way: str, images: int) -> list[float]:
    """The seconds of each epoch."""
    from tenfold.training.backend import set_up_keras

    cores = available_cores()
    set_up_keras(1 if way == "one core" else cores)
    import keras
    import tensorflow as tf

    from tenfold.data import load_mnist
    from tenfold.recipes import load_recipe
    from tenfold.training.inputs import network_input, network_target
    from tenfold.training.share import share_batches

    keras.utils.set_random_seed(0)
    recipe, data = load_recipe(recipe_name), load_mnist()
    scope = nullcontext()
    if way == "mirrored":
        (processor,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            processor, [tf.config.LogicalDeviceConfiguration()] * cores
        )
        scope = tf.distribute.MirroredStrategy([f"CPU:{core}" for core in range(cores)]).scope()
    with scope:
        model = recipe.build()
        learner = share_batches(model, cores) if way == "shared" else model
        learner.compile(
            recipe.build_optimizer(1000, recipe.learning_rate),
            recipe.loss,
            steps_per_execution=1,
            jit_compile=False,
        )
    x = network_input(data.x_train[:images], model.input_shape)
    y = network_target(data.y_train[:images], recipe.loss)
    begun: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda *_: begun.append(time.perf_counter()),
        on_train_end=lambda *_: begun.append(time.perf_counter()),
    )
    learner.fit(x, y, batch_size=recipe.batch_size, epochs=EPOCHS, callbacks=[clock], verbose=0)
    return [after - before for before, after in itertools.pairwise(begun)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=["cnn-same-32-64-64", "strong"])
    parser.add_argument("--images", type=int, default=12_000, help="to train on")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", choices=WAYS, help="train in this way alone, and print each epoch's seconds")
    arguments = parser.parse_args()
    if arguments.way:
        print(json.dumps(train(arguments.recipes[0], arguments.way, arguments.images)))
        return
    ratios: dict[str, dict[str, list[float]]] = {
        recipe: {way: [] for way in WAYS[1:]} for recipe in arguments.recipes
    }
    for _ in range(arguments.rounds):
        for recipe, of_ways in ratios.items():
            seconds = {}
            for way in WAYS:
                command = [sys.executable, __file__, recipe, "--images", str(arguments.images), "--way", way]
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                seconds[way] = statistics.median(json.loads(output.splitlines()[-1])[1:])
            print(f"{recipe}, seconds per epoch: {seconds}", flush=True)
            for way, of_way in of_ways.items():
                of_way.append(seconds[way] / seconds["one core"])
    keep(
        "strategies",
        {recipe: {way: describe(of) for way, of in of_ways.items()} for recipe, of_ways in ratios.items()},
    )


if __name__ == "__main__":
    main()
