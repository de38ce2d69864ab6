"""The output of `tenfold doctor`, on machines with and without GPUs."""

import pytest

from tenfold import doctor
from tenfold.doctor import examine


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> "Machine":
    return Machine(monkeypatch)


class Machine:
    """A machine with these GPUs, some of them visible to TensorFlow."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        patch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    def trains_on(self, present: int, seen: list[str], *, cuda: bool = True) -> doctor.Finding:
        self._patch.setattr(doctor, "present_gpus", lambda: [str(n) for n in range(present)])
        self._patch.setattr(doctor, "_ask_tensorflow", lambda: {"gpus": seen, "cuda": cuda})
        return next(finding for finding in examine() if finding.subject == "trains on")


def test_it_names_what_trains_and_why(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "CPU cores" in machine.trains_on(0, []).found
    assert machine.trains_on(1, ["NVIDIA H200"]).found.startswith("NVIDIA H200; a study trains one run")
    without_cuda = machine.trains_on(1, [], cuda=False)
    assert "build without CUDA" in without_cuda.found
    assert "tenfold[gpu]" in without_cuda.advice
    assert "does not see the GPU" in machine.trains_on(1, []).found
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert "CUDA_VISIBLE_DEVICES hides all" in machine.trains_on(1, []).found


def test_it_looks_at_this_machine_without_asking_any_other() -> None:
    subjects = [finding.subject for finding in examine()]

    assert subjects[:3] == ["tenfold", "packages", "cores"]
    assert subjects[-2:] == ["trains on", "cache"]
