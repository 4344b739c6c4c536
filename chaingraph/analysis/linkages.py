"""Leontief-type linkages: how far a unit of one activity reaches through the whole network.

With ``A`` the coefficients (column j: what one unit of j takes of each i) the Leontief
inverse is ``L = (I - A)^-1`` (Leontief 1936); with ``B`` the allocation coefficients
(row i: which share of i goes to each j) the Ghosh inverse is ``G = (I - B)^-1`` (Ghosh
1958).  Total backward linkages are the column sums of ``L``, total forward linkages the
row sums of ``G`` (Miller and Blair, Input-Output Analysis, 2nd ed. 2009, section 12.2).
Neither inverse is ever formed: both sums are the answer of one linear system.

References
----------
- W. Leontief (1936), Quantitative Input and Output Relations in the Economic Systems of
  the United States, Review of Economics and Statistics 18.
- P. N. Rasmussen (1956), Studies in Inter-Sectoral Relations, North-Holland.
- A. Ghosh (1958), Input-Output Approach in an Allocation System, Economica 25.
- R. E. Miller and P. D. Blair (2009), Input-Output Analysis, 2nd ed., Cambridge, ch. 12.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array, sparray
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import bicgstab

from chaingraph.errors import RunawayLoopError, UsageError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Matrix: TypeAlias = sparray | NDArray[np.float64]

SMALL = 500
"""Up to which size a dense solution is the quicker."""

PRECISION = 1e-12
"""The largest residual, as a share of the amounts that make it up, that counts as solved."""

FEW_SWEEPS = 100
"""How many sweeps are tried first: enough wherever loops are weak or there are none."""

MAX_SWEEPS = 10_000
"""How often anything is swept before it is given up."""

ROUNDING = 1e-10
"""How near to 1 a spectral radius is taken for 1."""


def total_requirements(coefficients: Matrix, final_demand: Floats) -> Floats:
    """
    Return what must be made in all: x of ``x = A x + f`` (Leontief 1936).

    Parameters
    ----------
    coefficients
        A, n by n, dense or sparse, not below zero: units of i per unit of j.
    final_demand
        f, of length n, or n by k for k demands at once; in the units of each i.

    Returns
    -------
    total
        x, in the shape and units of f.

    Raises
    ------
    RunawayLoopError
        If a loop takes at least as much of a product as it makes (spectral radius >= 1).
    UsageError
        If A is not square, or has an entry that is below zero or no number, or f does
        not fit it.

    Examples
    --------
    Miller and Blair's two sectors (2009, section 2.3): 0.85 x1 - 0.25 x2 = 600 and
    0.95 x2 - 0.20 x1 = 1500.

    >>> A = np.array([[0.15, 0.25], [0.20, 0.05]])
    >>> total_requirements(A, np.array([600.0, 1500.0])).round(2)
    array([1247.52, 1841.58])
    """
    matrix = _check_matrix(coefficients)
    wanted = np.asarray(final_demand, dtype=np.float64)
    if wanted.ndim not in (1, 2) or len(wanted) != matrix.shape[0]:
        raise UsageError(f"final demand {wanted.shape} does not fit {matrix.shape}")
    if not np.isfinite(wanted).all():
        raise UsageError("final demand has an entry that is no number")
    loop = _find_runaway_loop(matrix)
    if loop:
        raise RunawayLoopError(loop)
    if wanted.ndim == 1:
        return solve_fixed_point(matrix, wanted)
    total = np.empty_like(wanted)
    for column in range(wanted.shape[1]):
        total[:, column] = solve_fixed_point(matrix, wanted[:, column])
    return total


def backward_linkages(coefficients: Matrix) -> Floats:
    """
    Return the total backward linkage of each activity: the column sums of (I - A)^-1.

    They solve ``(I - A)^T b = 1`` (Miller and Blair 2009, section 12.2.1).

    Parameters
    ----------
    coefficients
        A, n by n, as in `total_requirements`, which tells what is raised.

    Returns
    -------
    linkages
        What one unit of each sets going upstream, itself included: 1 or more.

    Examples
    --------
    The Leontief inverse is [[1.2541, 0.3300], [0.2640, 1.1221]]:

    >>> backward_linkages(np.array([[0.15, 0.25], [0.20, 0.05]])).round(4)
    array([1.5182, 1.4521])
    """
    matrix = _check_matrix(coefficients).T.tocsr()
    return total_requirements(matrix, np.ones(matrix.shape[0]))


def forward_linkages(allocation: Matrix) -> Floats:
    """
    Return the total forward linkage of each activity: the row sums of (I - B)^-1.

    They solve ``(I - B) g = 1`` (Ghosh 1958; Miller and Blair 2009, section 12.2.2).

    Parameters
    ----------
    allocation
        B, n by n, not below zero: the share of i's output that goes to j.

    Returns
    -------
    linkages
        What one unit of each feeds downstream, itself included: 1 or more.

    Examples
    --------
    The Ghosh inverse is [[1.2541, 0.6601], [0.1320, 1.1221]]:

    >>> forward_linkages(np.array([[0.15, 0.50], [0.10, 0.05]])).round(4)
    array([1.9142, 1.2541])
    """
    matrix = _check_matrix(allocation)
    return total_requirements(matrix, np.ones(matrix.shape[0]))


def normalised(linkages: Floats) -> Floats:
    """
    Divide linkages by their mean (Rasmussen 1956): above 1 is above the average.

    A key sector has both its backward and its forward linkage above 1.

    Examples
    --------
    >>> normalised(np.array([1.0, 3.0]))
    array([0.5, 1.5])
    """
    return np.asarray(linkages / linkages.mean(), dtype=np.float64)


def spectral_radius(matrix: Matrix) -> float:
    """
    Return the largest absolute eigenvalue of a matrix that is nowhere below zero.

    It is that of the strongly connected part whose loops return the most; a part of more
    than `SMALL` is bounded on both sides (Collatz 1942, Wielandt 1950) until the bounds
    meet, and the upper one, never too low, is returned if they do not.

    Parameters
    ----------
    matrix
        n by n, dense or sparse.

    Returns
    -------
    radius
        Exactly 0 where there is no loop.

    Examples
    --------
    >>> spectral_radius(np.array([[0.0, 2.0], [0.5, 0.0]]))
    1.0
    >>> spectral_radius(np.array([[0.0, 7.0], [0.0, 0.0]]))
    0.0
    """
    table = _check_matrix(matrix)
    return max((_radius(table[part][:, part]) for part in _looped_parts(table)), default=0.0)


def find_runaway_loop(matrix: Matrix) -> list[int]:
    """
    Return a loop that takes at least as much of its products as it makes.

    Parameters
    ----------
    matrix
        n by n, dense or sparse, not below zero.

    Returns
    -------
    loop
        The numbers of the members of a strongly connected part whose spectral radius is
        1 or more; empty if there is none.

    Raises
    ------
    UsageError
        If a large part is so near to 1 that its side cannot be told.

    Examples
    --------
    >>> find_runaway_loop(np.array([[0.0, 2.0, 0.0], [0.5, 0.0, 0.0], [1.0, 0.0, 0.0]]))
    [0, 1]
    """
    return _find_runaway_loop(_check_matrix(matrix))


# -------------------------------------------------------------------- loops


def _check_matrix(matrix: Matrix) -> csr_array:
    """Return a copy without stored zeros, which would pass for links."""
    table = csr_array(matrix, dtype=np.float64, copy=True)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        raise UsageError(f"a matrix of coefficients is square, not {table.shape}")
    if not np.isfinite(table.data).all() or (table.data < 0).any():
        raise UsageError("a coefficient is below zero or no number")
    table.sum_duplicates()
    table.eliminate_zeros()
    return table


def _looped_parts(table: csr_array) -> list[Ints]:
    """Return the members of each strongly connected part with a loop, the first part first."""
    if not table.nnz:
        return []
    _, label = connected_components(table, connection="strong")
    order = np.argsort(label, kind="stable")
    ends = np.flatnonzero(np.diff(label[order])) + 1
    own = table.diagonal() > 0
    parts = [part for part in np.split(order, ends) if len(part) > 1 or own[part[0]]]
    return sorted(parts, key=lambda part: int(part[0]))


def _find_runaway_loop(table: csr_array) -> list[int]:
    own = table.diagonal()
    for part in _looped_parts(table):
        # there may be very many loops of one, and a block of each is dear
        if len(part) == 1 and own[part[0]] < 1 - ROUNDING:
            continue
        if _runs_away(table[part][:, part]):
            return [int(index) for index in part]
    return []


def _runs_away(block: csr_array) -> bool:
    """Tell whether the spectral radius of an irreducible block is 1 or more."""
    for least, most in _bounds(block):
        if most < 1 - ROUNDING:
            return False
        if least >= 1 - ROUNDING:
            return True
    raise UsageError(
        f"cannot tell whether a loop of {block.shape[0]} takes more than it makes: "
        f"its spectral radius is between {least:.6g} and {most:.6g}"
    )


def _radius(block: csr_array) -> float:
    """Return the spectral radius of an irreducible block, or what is above it."""
    for least, most in _bounds(block):
        if most - least <= ROUNDING * most:
            break
    return most


def _bounds(block: csr_array) -> Iterator[tuple[float, float]]:
    """
    Bound the spectral radius of an irreducible block from below and above, ever closer.

    For every positive x the least and the largest of (A x) / x bound it (Collatz and
    Wielandt).  A + I has the same vectors and no period, so its powers converge.
    """
    size = block.shape[0]
    if size == 1:
        yield float(block.sum()), float(block.sum())
        return
    if size <= SMALL:
        radius = float(np.abs(np.linalg.eigvals(block.toarray())).max())
        yield radius, radius
        return
    x = np.ones(size)
    least, most = 0.0, np.inf
    for _ in range(MAX_SWEEPS):
        image = block @ x
        ratios = image / x
        least, most = max(least, float(ratios.min())), min(most, float(ratios.max()))
        yield least, most
        x += image
        # what is smaller than this beside the largest would be lost to underflow
        x = np.maximum(x / x.max(), 1e-250)


# ------------------------------------------------------------------ solving


def solve_fixed_point(matrix: csr_array, wanted: Floats) -> Floats:
    """
    Solve x = M x + f, for M with entries below zero too.

    Sweeping adds up what is needed directly, by what is needed, and so on: exact where
    there are no loops, whatever the units.  Only where loops are strong is a leap worth
    its price, and its residual, or sweeps after it, are the second opinion.

    Parameters
    ----------
    matrix
        M, n by n.
    wanted
        f, of length n.

    Returns
    -------
    found
        x, of length n.

    Raises
    ------
    UsageError
        If no answer is found.
    """
    size_of = abs(matrix)
    found, settled = _sweep(matrix, size_of, wanted, wanted, FEW_SWEEPS)
    if not settled:
        leapt = _leap(matrix, wanted, found)
        again = wanted + matrix @ leapt
        if _is_settled(leapt, again, np.abs(wanted) + size_of @ np.abs(leapt), ROUNDING):
            return leapt
        found, settled = _sweep(matrix, size_of, wanted, leapt, MAX_SWEEPS)
    if not settled:
        raise UsageError(
            f"no answer after {MAX_SWEEPS} sweeps: a loop takes nearly all that it makes"
        )
    return found


def _sweep(
    matrix: csr_array, size_of: csr_array, wanted: Floats, start: Floats, sweeps: int
) -> tuple[Floats, bool]:
    """Repeat x = M x + f until no entry changes by more than rounding; say whether it did."""
    found = start
    for _ in range(sweeps):
        again = wanted + matrix @ found
        # each entry by its own size: kilograms of one may stand beside gigatonnes of another
        settled = _is_settled(found, again, np.abs(wanted) + size_of @ np.abs(found), PRECISION)
        found = again
        if settled or not np.isfinite(found).all():
            return found, settled
    return found, False


def _is_settled(found: Floats, again: Floats, size: Floats, precision: float) -> bool:
    return bool((np.abs(again - found) <= precision * size).all())


def _leap(matrix: csr_array, wanted: Floats, start: Floats) -> Floats:
    """Solve x = M x + f by elimination if it is small, else by BiCGSTAB; unchecked."""
    system = eye_array(len(wanted), format="csr") - matrix
    if len(wanted) <= SMALL:
        try:
            return np.asarray(np.linalg.solve(system.toarray(), wanted), dtype=np.float64)
        except np.linalg.LinAlgError:
            raise UsageError(
                "there is no single answer: two of these products each come with the other"
            ) from None
    # measured in what the sweeps have found, all entries are of one size and have no unit
    start = start if np.isfinite(start).all() else wanted
    size = np.where(start == 0, 1.0, np.abs(start))
    scaled = (diags_array(1 / size) @ system @ diags_array(size)).tocsr()
    steps, _ = bicgstab(scaled, (wanted / size), x0=start / size, rtol=PRECISION, atol=0.0)
    leapt = steps * size
    return leapt if np.isfinite(leapt).all() else wanted
