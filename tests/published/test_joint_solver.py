"""The solver of joint plans on a programme that another solver gets wrong.

`tests/data/joint_programme.npz` is one programme of a synthetic liver with ten lesions: least liver lost, tumour and
burden kept. HiGHS as SciPy 1.17 ships it, with its presolve, calls 81585 hundredths of a millilitre optimal; without it
finds 81472, which can be checked by hand. So a bound that rests on floating-point rows is no proof at this size.
"""

from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from nelm.planner.joint.exact import least_sum
from nelm.planner.joint.model import Rows

OPTIMUM = 81472


def test_a_programme_that_highs_gets_wrong_is_solved(root: Path) -> None:
    with np.load(root / "tests/data/joint_programme.npz") as stored:
        given = dict(stored)
    shape = (len(given["starts"]) - 1, len(given["weights"]))
    matrix = csr_array((given["values"].astype(float), given["columns"], given["starts"]), shape=shape)
    rows = Rows()
    for start, end, low, high in zip(
        given["starts"][:-1], given["starts"][1:], given["low"].tolist(), given["high"].tolist(), strict=True
    ):
        terms = zip(given["columns"][start:end].tolist(), given["values"][start:end].tolist(), strict=True)
        rows.add(dict(terms), low=low, high=high)
    highest = np.where(given["highest"] == 0, 10_000_000, 1).astype(np.int64)
    weights = {place: float(value) for place, value in enumerate(given["weights"].tolist()) if value}
    found = least_sum(weights, [rows], highest, time_limit_s=120)
    assert found is not None
    values, bound = found
    assert values is not None
    total = matrix @ values
    assert np.all(total >= given["low"]) and np.all(total <= given["high"])
    assert int(given["weights"] @ values) == OPTIMUM
    assert bound == OPTIMUM


def test_a_programme_without_a_plan_has_none() -> None:
    rows = Rows()
    rows.add({0: 1.0, 1: 1.0}, low=3.0)
    assert least_sum({0: 1.0}, [rows], np.ones(2, dtype=np.int64), time_limit_s=10) is None
