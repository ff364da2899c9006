"""The kernel for GPUs: by the simulator of numba, compiled where the compiler is there, and run where a GPU is."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numba import cuda, types

from nelm.errors import InputError, MissingExtraError
from nelm.physics.emissions import emissions_of
from nelm.physics.engines import Body, Device, Settings, transport_dose
from nelm.physics.interaction import material
from nelm.physics.transport.point import point_kernel

FEW = Settings(electrons=160, photons=80, batches=4)

SIMULATED = """
import sys
import numpy as np
from nelm.physics.transport import electrons, flights, gpu, photons, steps
from tests.unit import test_transport_gpu as same

np.seterr(over="ignore")  # random numbers are taken modulo 2^64
for module in (steps, flights, electrons, photons):
    module.add = gpu.add_units  # the simulator calls plain functions and does not choose by target
gpu.BLOCKS, gpu.THREADS_PER_BLOCK = 2, 3
np.save(sys.argv[1], same.dose(sys.argv[2], same.Device.CUDA))
"""


def dose(nuclide: str, device: Device) -> np.ndarray:
    """Doses and their errors, in a small block of liver and lung."""
    kinds = (material("liver"), material("lung"))
    where = (np.indices((5, 5, 5)).sum(axis=0) % 2).astype(np.uint8)
    body = Body(where, np.where(where == 0, 1.05, 0.3), kinds, (3.0, 3.0, 3.0))
    activity = np.zeros((5, 5, 5))
    activity[1:4, 2, 2] = 1.0, 2.0, 0.5
    found = transport_dose(activity, body, emissions_of(nuclide), replace(FEW, device=device))
    assert found.statistical_sd_gy is not None
    return np.stack([found.dose_gy, found.statistical_sd_gy])


@pytest.mark.slow
@pytest.mark.parametrize("nuclide", ["Y-90", "Ga-68"])
def test_the_simulated_gpu_gives_the_dose_of_the_cpu(root: Path, tmp_path: Path, nuclide: str) -> None:
    """The same histories by plain Python, one thread after another: but for rounding to units the same energy."""
    file = tmp_path / "dose.npy"
    environment = os.environ | {"NUMBA_ENABLE_CUDASIM": "1", "NUMBA_DISABLE_JIT": "1"}
    environment["PYTHONPATH"] = os.pathsep.join([str(root), *sys.path])
    command = [sys.executable, "-c", SIMULATED, str(file), nuclide]
    subprocess.run(command, env=environment, check=True, cwd=root, timeout=300)
    expected = dose(nuclide, Device.CPU)
    assert np.load(file) == pytest.approx(expected, rel=1e-6, abs=1e-6 * expected.max())


@pytest.mark.slow
def test_the_kernel_compiles_for_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """No GPU is needed to translate it, only the packages of the extra; here for compute capability 9.0."""
    pytest.importorskip("numba_cuda")
    from nelm.physics.transport.gpu import voxel_kernel

    hopper = SimpleNamespace(compute_capability=(9, 0))
    monkeypatch.setattr("numba.cuda.dispatcher.get_current_device", lambda: hopper)
    reals = {n: types.Array(types.float64, n, "C") for n in (1, 2, 3)}
    whole = types.Array(types.int64, 1, "C")
    tables = types.Tuple([reals[n] for n in (3, 3, 2, 3, 3, 2, 2)] + [types.float64] * 2)
    voxels = types.Array(types.uint8, 1, "C")
    grid = types.Tuple((voxels, reals[1], whole, reals[1], types.boolean, reals[1]))
    signature = types.void(
        tables, grid, reals[1], reals[1], types.UniTuple(reals[1], 4), types.float64, types.int64, types.int64,
        reals[1], whole, whole, whole, reals[3],
    )  # fmt: skip
    code, _ = cuda.compile_ptx(voxel_kernel.py_func, signature, cc=(9, 0), fastmath=True)
    # energy is added in whole units, by an instruction that threads may share
    assert ".add.u64" in code and "atom" in code


@pytest.mark.skipif(not cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("nuclide", ["Y-90", "Ga-68"])
def test_a_gpu_gives_the_dose_of_the_cpu_and_the_same_bytes_again(nuclide: str) -> None:
    expected = dose(nuclide, Device.CPU)
    found = [dose(nuclide, Device.CUDA) for _ in range(2)]
    assert found[0] == pytest.approx(expected, rel=1e-6, abs=1e-6 * expected.max())
    assert np.array_equal(*found)


@pytest.mark.skipif(cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_asking_for_one_says_what_is_missing() -> None:
    with pytest.raises(MissingExtraError, match=r"nelm\[gpu\]|no GPU"):
        dose("Y-90", Device.CUDA)


def test_kernels_are_not_computed_on_a_gpu() -> None:
    with pytest.raises(InputError, match="cpu"):
        point_kernel(emissions_of("Y-90"), material("water"), replace(FEW, device=Device.CUDA))
