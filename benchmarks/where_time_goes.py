"""Where an epoch's time goes, found by taking something away.

usage: python benchmarks/where_time_goes.py [RECIPE ...]

Trains three epochs on all cores as tenfold does, without validation: as the recipe says, with plain gradient
descent instead of its optimizer, and with a first convolution that is given rather than learnt. Prints
seconds, the quicker of the last two epochs, and keeps them in benchmarks/results/.
"""

import argparse

from ratios import keep
from tenfold.cores import available_cores
from tenfold.data import load_mnist
from tenfold.recipes import load_recipe
from tenfold.training.backend import set_up_keras

set_up_keras(available_cores())

import keras  # noqa: E402

from document_script import EpochClock  # noqa: E402
from tenfold.training.batches import AsTheyAre, Batches  # noqa: E402
from tenfold.training.share import share_batches  # noqa: E402

EPOCHS = 3
DEFAULT = ("mlp-128-64", "mlp-512", "cnn-32", "cnn-same-32-64-64")


def seconds_of_epoch(name: str, *, plain_descent: bool = False, first_given: bool = False) -> float:
    recipe, data, clock = load_recipe(name), load_mnist(), EpochClock()
    model = recipe.build()
    if first_given:
        next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)).trainable = False
    source = AsTheyAre(data.x_train, data.y_train)
    batches = Batches(source, recipe, model.input_shape, seed=0, epochs=EPOCHS)
    learner = share_batches(model, available_cores())
    optimizer = (
        keras.optimizers.SGD()
        if plain_descent
        else recipe.build_optimizer(batches.steps * EPOCHS, recipe.learning_rate)
    )
    learner.compile(optimizer, recipe.loss, steps_per_execution=batches.steps // 20, jit_compile=False)
    learner.fit(batches.dataset, epochs=EPOCHS, callbacks=[batches, clock], shuffle=False, verbose=0)
    return round(min(clock.seconds[1:]), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=list(DEFAULT))
    results = {}
    for name in parser.parse_args().recipes:
        results[name] = {
            "as_it_is": seconds_of_epoch(name),
            "plain_descent": seconds_of_epoch(name, plain_descent=True),
        }
        if "cnn" in name:
            results[name]["first_given"] = seconds_of_epoch(name, first_given=True)
        print(name, results[name], flush=True)
    keep("where_time_goes", results)


if __name__ == "__main__":
    main()
