"""Compare the networks in a report's page with ONNX Runtime: answers, and time per drawing.

usage: python benchmarks/live_networks.py RUN|STUDY ...

Packs the networks like the report, and runs them on MNIST's first 200 test images in Debian's chromium.
Prints each network's largest difference in a probability and mean time per image, and saves them in
benchmarks/results/.
"""

import argparse
import json
import os
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from measuring import keep
from tenfold import load_mnist
from tenfold.browser.script import script_of
from tenfold.reporting.networks import candidates_of, pack_networks
from tenfold.reporting.systems import sort_runs
from tenfold.runs.inference import open_session, predict
from tenfold.studies import find_runs

IMAGES = 200
ANSWER = """([packed, images]) => {
    const network = new module_network.Network(packed);
    const inputs = images.map((image) => image.map((level) => level / 255));
    network.answer(inputs[0]);
    const start = performance.now();
    const answers = inputs.map((input) => [...network.answer(input).probabilities]);
    return [answers, (performance.now() - start) / images.length];
}"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("runs", nargs="+", type=Path)
    study = sort_runs(find_runs(options.parse_args().runs))
    content, shown, left_out = pack_networks(candidates_of(study, ()), study.systems[0].first.class_names)
    images = load_mnist().x_test[:IMAGES]
    results: dict[str, Any] = {}
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=sandbox)
        page = browser.new_page()
        page.add_script_tag(content=script_of("network", [files("tenfold.browser").joinpath("modules")]))
        for packed, network in zip(json.loads(content)["networks"], shown, strict=True):
            answers, milliseconds = page.evaluate(ANSWER, [packed, images.reshape(IMAGES, -1).tolist()])
            expected = predict(open_session(network.onnx_path), images, cores=1)
            difference = float(np.abs(answers - expected).max())
            results[network.label] = {
                "largest_difference": difference,
                "ms_per_image": round(milliseconds, 2),
            }
        browser.close()
    keep("live_networks", {"images": IMAGES, "left_out": left_out, "networks": results})


if __name__ == "__main__":
    main()
