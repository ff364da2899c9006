"""Incomplete repair: the Lea-Catcheside integral of one or several courses in closed form.

With mono-exponential repair of constant mu, the quadratic part of the linear-quadratic model is proportional to ::

    Q = integral R(t) M(t) dt,    M(t) = integral over w < t of R(w) exp(-mu (t - w)) dw          (1)

and ``BED = D + 2 Q / (alpha/beta)``, ``G = 2 Q / D^2``. For ``R = sum_i a_i exp(-k_i t)`` from 0, ::

    Q = sum_ij a_i a_j / ((k_i + k_j) (k_i + mu))                                                    (2)

which has no pole at k = mu. A second course ``sum_j b_j exp(-l_j s)`` that starts T later adds ::

    X = M(T) sum_j b_j / (l_j + mu)
        + sum_ij a_i exp(-k_i T) b_j (1 / (l_j + mu) + 1 / (k_i + mu)) / (k_i + l_j)                 (3)
    M(T) = sum_i a_i (exp(-k_i T) - exp(-mu T)) / (mu - k_i)

to Q: the damage that the first course has left unrepaired at T meets the second, and the two act together after it.

Notes
-----
(1) is the definition of the generalised Lea-Catcheside factor (Sachs, Hahnfeldt and Brenner, Int J Radiat Biol
1997;72:351-374). (2) and (3) are derived here by integration; for one exponential (2) gives G = k / (k + mu).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nelm.errors import problem
from nelm.physics.biology.dose_rate import ExponentialDoseRate
from nelm.physics.biology.refusals import Array, positive


def quadratic_matrix(courses: Sequence[ExponentialDoseRate], *, repair_half_time_h: float) -> Array:
    """The matrix W of courses with ``BED = sum D + sum_cd W_cd / (alpha/beta)`` [Gy^2].

    Parameters
    ----------
    courses : One or more courses in any order, at any spacing, each with kinetics of its own.
    repair_half_time_h : Half-time of repair of sublethal damage [h].

    Returns
    -------
    array (courses, courses, ...)  Symmetric. The diagonal is ``G_c D_c^2``; an element beside it tends to
    ``D_c D_d`` for simultaneous acute courses and to 0 for courses far apart.
    """
    if not courses:
        raise problem("no course", "one course or more", "Give the dose rate of each course", path="courses")
    mu = math.log(2) / positive(repair_half_time_h, "repair_half_time_h")
    shape = np.broadcast_shapes(*(course.amplitudes_gy_h.shape[1:] for course in courses))
    matrix = np.zeros((len(courses), len(courses), *shape))
    for row, one in enumerate(courses):
        matrix[row, row] = 2 * quadratic_of_exponentials(one.amplitudes_gy_h, one.rates_per_h, mu)
        for column in range(row):
            earlier, later = sorted((one, courses[column]), key=lambda course: course.start_h)
            matrix[row, column] = matrix[column, row] = _between(earlier, later, mu)
    return matrix


def protraction_matrix(courses: Sequence[ExponentialDoseRate], *, repair_half_time_h: float) -> Array:
    """The matrix G of courses with ``BED = sum D + sum_cd G_cd D_c D_d / (alpha/beta)`` [1].

    Where all voxels share the kinetics of a course, this small matrix gives BED maps from dose maps
    (`biologically_effective_dose_from`). Parameters as in `quadratic_matrix`.
    """
    units = [course.with_unit_dose() for course in courses]
    return quadratic_matrix(units, repair_half_time_h=repair_half_time_h)


def lea_catcheside(courses: Sequence[ExponentialDoseRate], *, repair_half_time_h: float) -> Array:
    """The dose-protraction factor G of all courses together, from 0 (fully repaired) to 1 (acute) [1].

    Parameters as in `quadratic_matrix`; the dose must not be zero.
    """
    quadratic = quadratic_matrix(courses, repair_half_time_h=repair_half_time_h).sum(axis=(0, 1))
    dose = np.sum([course.absorbed_dose_gy for course in courses], axis=0)
    if not bool((dose > 0).all()):
        raise problem(float(dose.min()), "a dose above zero", "G is not defined without dose", path="courses")
    return np.asarray(quadratic / dose**2, dtype=np.float64)


def quadratic_of_exponentials(amplitudes_gy_h: Array, rates_per_h: Array, repair_rate_per_h: float) -> Array:
    """Q of one course, eq. 2, from amplitudes and rates (terms, ...) that were checked before [Gy^2]."""
    amplitudes, rates, mu = amplitudes_gy_h, rates_per_h, repair_rate_per_h
    found = np.zeros(amplitudes.shape[1:])
    for a, k in zip(amplitudes, rates, strict=True):
        for b, rate in zip(amplitudes, rates, strict=True):
            found += a * b / ((k + rate) * (k + mu))
    return found


def _between(earlier: ExponentialDoseRate, later: ExponentialDoseRate, mu: float) -> Array:
    """X of two courses, eq. 3."""
    delay = later.start_h - earlier.start_h
    found = np.zeros(np.broadcast_shapes(earlier.amplitudes_gy_h.shape[1:], later.amplitudes_gy_h.shape[1:]))
    for a, k in zip(earlier.amplitudes_gy_h, earlier.rates_per_h, strict=True):
        unrepaired = a * _memory(k, mu, delay)
        remaining = a * np.exp(-k * delay)
        for b, rate in zip(later.amplitudes_gy_h, later.rates_per_h, strict=True):
            together = (1 / (rate + mu) + 1 / (k + mu)) / (k + rate)
            found += unrepaired * b / (rate + mu) + remaining * b * together
    return found


def _memory(rate: Array, mu: float, delay_h: float) -> Array:
    """``(exp(-k T) - exp(-mu T)) / (mu - k)`` without cancellation, also where k equals mu."""
    apart = np.abs(rate - mu) * delay_h
    near = apart < 1e-8
    safe = np.where(near, 1.0, apart)
    shape = np.where(near, 1 - apart / 2, -np.expm1(-safe) / safe)
    return np.asarray(delay_h * np.exp(-np.minimum(rate, mu) * delay_h) * shape, dtype=np.float64)
