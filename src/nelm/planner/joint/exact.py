"""One integer programme solved in whole numbers by CP-SAT, with its proof.

HiGHS was used first. On programmes of this kind, with sums of some hundred thousand hundredths of a millilitre, its
presolve left plans out and called a worse one optimal (tests/published/test_joint_solver.py keeps one). CP-SAT computes
with integers, so its bound is a proof; see docs/decisions/0010.
"""

# OR-tools has no complete type information.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import ortools
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from nelm.planner.joint.model import Rows

SEED = 1
WITHIN = 1e-6
"""How far a coefficient may lie from a whole number."""


def least_sum(
    weights: Mapping[int, float],
    constraints: Sequence[Rows],
    highest: NDArray[np.int64],
    *,
    time_limit_s: float,
) -> tuple[NDArray[np.int64] | None, float] | None:
    """The values of all columns that make a weighted sum smallest, and a proven lower bound of it.

    None where nothing meets the constraints; no values where the time was over before any were found.

    Parameters
    ----------
    weights : By column; whole numbers.
    constraints : Rows with whole coefficients.
    highest : (n,) largest value of each column; the smallest is 0.
    time_limit_s : After it the best values so far are given, with the bound proven so far.

    Notes
    -----
    One worker and a fixed seed: the same programme gives the same answer.
    """
    model = cp_model.CpModel()
    columns = [model.new_int_var(0, int(value), "") for value in highest]
    for rows in constraints:
        for terms, low, high in zip(rows.terms, rows.low, rows.high, strict=True):
            total = _weighted(columns, terms)
            least = cp_model.INT_MIN if low == -math.inf else math.ceil(low - WITHIN)
            most = cp_model.INT_MAX if high == math.inf else math.floor(high + WITHIN)
            model.add_linear_constraint(total, least, most)
    model.minimize(_weighted(columns, {place: weight for place, weight in weights.items() if weight}))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.max_time_in_seconds = time_limit_s
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    if status == cp_model.MODEL_INVALID:
        raise ValueError(f"not a programme: {model.validate()}")
    if status == cp_model.UNKNOWN:
        return None, -np.inf
    values = np.array([solver.value(column) for column in columns], dtype=np.int64)
    return values, float(solver.best_objective_bound)


def solver_name() -> str:
    """The solver with its version."""
    return f"CP-SAT of OR-tools {ortools.__version__}"


def _weighted(columns: Sequence[cp_model.IntVar], terms: Mapping[int, float]) -> cp_model.LinearExprT:
    """A sum of columns with their weights."""
    return cp_model.LinearExpr.weighted_sum([columns[place] for place in terms], _whole(terms.values()))


def _whole(values: Iterable[float]) -> list[int]:
    """Numbers that must be whole."""
    given = list(values)
    found = [round(value) for value in given]
    if any(abs(value - whole) > WITHIN for value, whole in zip(given, found, strict=True)):
        raise ValueError("a coefficient of the programme is no whole number")
    return found
