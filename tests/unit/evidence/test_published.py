"""The indices are those of published packages, and where they are not, these tests say why.

``ecomplexity`` runs side by side on random panels and on the world's trade. What the R package
``economiccomplexity`` 2.0 said of the trade lies beside the data, which is not part of the
project. Datawheel's ``economic-complexity`` 0.3 is not run here: it needs an older pandas. On the
same trade its quotients, proximities, relatedness and distance are ours with a diagonal of 0
to 1e-13, and its ECI, 20 reflections, comes within 0.05 of the eigenvector.
"""

import contextlib
import csv
import io
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

from chaingraph.evidence.complexity import analyse_panel, presence
from chaingraph.evidence.indices import complexity_indices, find_largest_group, fitness
from chaingraph.evidence.panel import Panel, read_panel

pandas = pytest.importorskip("pandas", reason="comes with ecomplexity")
published = pytest.importorskip("ecomplexity", reason="the package to compare with")

FOLDER = Path(
    os.environ.get("CHAINGRAPH_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data"
)
PAIRS = {"rca": "lq", "mcp": "has", "density": "density", "cog": "cog"}
"""What both tell of a place and an activity: their name and ours."""
PLACES, ACTIVITIES = ("eci", "coi", "diversity"), ("pci", "ubiquity")

SHARP = 1e-9
"""As near as results must be; 1e-6 is asked for."""


def make(values):
    places, activities = values.shape
    return Panel(
        tuple(f"c{number:03}" for number in range(places)),
        tuple(f"p{number:03}" for number in range(activities)),
        values,
    )


def draw(seed):
    """A random panel in one piece, of six to fifteen places, without ties."""
    dice = np.random.default_rng(seed)
    shape = dice.integers(6, 16, 2)
    panel = make(dice.lognormal(sigma=1.5, size=shape) * (dice.random(shape) < 0.8))
    places, activities = find_largest_group(analyse_panel(panel).has)
    return make(panel.values[places][:, activities])


def tabulate(panel):
    """The panel as a long table of one year."""
    places, activities = np.indices(panel.values.shape)
    return pandas.DataFrame(
        {
            "year": 2000,
            "place": np.array(panel.places)[places.ravel()],
            "activity": np.array(panel.activities)[activities.ravel()],
            "value": panel.values.ravel(),
        }
    )


NAMES = {"time": "year", "loc": "place", "prod": "activity", "val": "value"}


@contextlib.contextmanager
def quietly():
    """It prints each year, and does what pandas warns of."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def ask(panel, **options):
    """What ecomplexity says, each index as an array of places × activities."""
    with quietly():
        found = published.ecomplexity(
            tabulate(panel), NAMES, check_logsupermodularity=False, **options
        )
    found = found.sort_values(["place", "activity"])
    return {
        name: found[name].to_numpy(float).reshape(panel.values.shape)
        for name in (*PAIRS, *PLACES, *ACTIVITIES)
    }


def ask_proximity(panel):
    with quietly():
        found = published.proximity(tabulate(panel), NAMES)
    size = len(panel.activities)
    return found["proximity"].to_numpy().reshape(size, size)


def compare(panel):
    """Compare every index with ecomplexity's."""
    ours, theirs = analyse_panel(panel), ask(panel)
    pairs = {name: (getattr(ours, own), theirs[name]) for name, own in PAIRS.items()}
    places = {name: (getattr(ours, name), theirs[name][:, 0]) for name in PLACES}
    activities = {name: (getattr(ours, name), theirs[name][0]) for name in ACTIVITIES}
    pairs["proximity"] = (ours.proximity, ask_proximity(panel))
    for name, (own, other) in (pairs | places | activities).items():
        np.testing.assert_allclose(own, other, rtol=SHARP, atol=SHARP, err_msg=name)


@pytest.fixture(scope="module")
def trade():
    """Exports of 226 countries in 785 products."""
    if not FOLDER.is_dir():
        pytest.skip(f"the world's trade is not there: {FOLDER}")
    return read_panel(FOLDER / "world_trade_1998_2000.csv.gz")


def read_oracle(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return {row[0]: float(row[1]) for row in list(csv.reader(file))[1:]}


# -------------------------------------------------------------------- the same


def test_the_worlds_trade_is_as_ecomplexity_has_it(trade):
    compare(trade)


@pytest.mark.parametrize("seed", range(20))
def test_small_panels_are_as_ecomplexity_has_them(seed):
    compare(draw(seed))


def test_fitness_of_the_worlds_trade_is_as_the_r_package_has_it(trade):
    """Method "fitness", 20 iterations, of which the ones it starts from are the first."""
    ours = analyse_panel(trade)
    countries = read_oracle("oracle_fitness_country.csv")
    products = read_oracle("oracle_fitness_product.csv")
    assert dict(zip(trade.places, ours.fitness, strict=True)) == pytest.approx(countries, rel=SHARP)
    assert dict(zip(trade.activities, ours.activity_complexity, strict=True)) == pytest.approx(
        products, rel=SHARP
    )


def test_an_iteration_more_or_less_is_not_as_the_r_package_has_it(trade):
    """The last decimals tell how iterations are counted: a percent lies between two of them."""
    has = analyse_panel(trade).has
    countries = read_oracle("oracle_fitness_country.csv")
    expected = np.array([countries[name] for name in trade.places])
    for iterations in (19, 21):
        assert abs(fitness(has, iterations=iterations)[0] / expected - 1).max() > 0.005


def test_density_of_the_worlds_trade_is_mostly_diversity(trade):
    """What docs/en/evidence.md says of it: 96 % of the variance."""
    ours = analyse_panel(trade)
    diversity, ubiquity = np.broadcast_arrays(ours.diversity[:, None], ours.ubiquity)
    known = np.stack([np.ones_like(diversity), diversity, ubiquity, diversity * ubiquity], -1)
    known, dense = known.reshape(-1, 4), ours.density.ravel()
    left = dense - known @ np.linalg.lstsq(known, dense)[0]
    assert 1 - left.var() / dense.var() == pytest.approx(0.964, abs=0.0005)


# --------------------------------------------------- where it differs, and why


def test_a_place_without_a_speciality_does_not_spoil_the_others():
    """There one such place makes ECI and PCI NaN for all; here it is left out."""
    panel, options = draw(1), {"rca_mcp_threshold": 2.5}
    ours = analyse_panel(panel, threshold=2.5)
    assert 0 < np.isfinite(ours.eci).sum() < len(panel.places)
    assert np.isnan(ask(panel, **options)["eci"]).all()


def test_an_activity_that_nobody_has_does_not_spoil_density():
    """There its ubiquity of 0 is divided by, and makes all densities NaN; here it is 0."""
    values = np.array([[9.0, 1, 5], [1, 9, 5], [4, 1, 3], [1, 4, 3]])
    ours = analyse_panel(make(values), threshold=1.3)
    assert ours.ubiquity.tolist() == [2, 2, 0]
    assert np.isnan(ask(make(values), rca_mcp_threshold=1.3)["density"]).all()
    assert np.isfinite(ours.density).all()


def test_groups_that_share_nothing_have_no_common_index():
    """There ECI tells but the groups apart; here the largest has its own, as if alone."""
    one, other = draw(3), make(np.array([[1.0, 1], [0, 1]]))
    kept = analyse_panel(one).has
    both = np.zeros(np.add(kept.shape, other.values.shape))
    both[: kept.shape[0], : kept.shape[1]] = kept
    both[kept.shape[0] :, kept.shape[1] :] = other.values
    theirs = ask(make(both), presence_test="manual")["eci"][:, 0]
    alone = ask(make(kept), presence_test="manual")["eci"][:, 0]
    assert np.ptp(theirs[: len(kept)]) < 1e-6
    ours = complexity_indices(both).eci
    assert ours[: len(kept)] == pytest.approx(alone, abs=SHARP)
    assert np.isnan(ours[len(kept) :]).all()


def test_ties_are_not_left_to_rounding():
    """Both places are average in everything: there all but one is a speciality, here all are."""
    panel = make(np.outer([1, 0.7], [0.1, 0.2, 0.3]))
    theirs = ask(panel)
    assert theirs["mcp"].tolist() == [[1, 1, 0], [1, 1, 1]]
    assert presence(theirs["rca"]).all()
    assert analyse_panel(panel).has.all()


def test_the_nearest_neighbours_of_ecomplexity_are_not_copied():
    """There ``knn`` counts the neighbours that are here, so that a density is above 1."""
    assert ask(draw(0), knn=3)["density"].max() > 1
    assert analyse_panel(draw(0)).density.max() <= 1


def test_pci_is_scaled_by_eci_so_that_a_place_is_the_mean_of_what_it_has():
    """Datawheel's package scales each by its own mean; then this does not hold."""
    ours = analyse_panel(draw(0))
    assert (ours.has @ ours.pci) / ours.diversity == pytest.approx(ours.eci)
