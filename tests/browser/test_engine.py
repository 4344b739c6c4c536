"""The page works out states, gaps and rates by itself: in everything as the package does."""

import json
import random
from importlib import resources

import pytest

from chaingraph.analysis.gaps import judge
from chaingraph.analysis.survey import make_survey
from chaingraph.analysis.unlock import find_feasible_in, find_shippable
from chaingraph.analysis.whatif import find_sourcing, land
from chaingraph.model import Atlas
from chaingraph.outputs.map.facts import map_facts

STATES = ("absent", "signed", "building", "present")
KINDS = (None, "broken", "weak", "short", "void")
VIEWS = ("actual", "building", "plan")

ASK = """([facts, questions]) => {
  const engine = makeEngine(facts), plain = values => Array.from(values, v => Number.isNaN(v) ? null : v);
  return questions.map(([day, view, landings]) => {
    const found = engine.survey(day, view, landings), each = name => found.state.map ? Array.from(found.state, (_, at) => found[name](at)) : [];
    return {state: plain(found.state), kind: plain(found.kind), demand: plain(found.demand),
      supply: plain(found.supply), shortfall: plain(found.shortfall), feasible: plain(found.feasible),
      sourcing: found.sourcing, missing: each('missing'), needers: each('needers'), users: each('users')};
  });
}"""


@pytest.fixture
def ask(browser):
    """Put questions (day, view, landings) about an atlas to the engine of the page."""
    script = (resources.files("chaingraph.outputs.map") / "engine.js").read_text("utf-8")
    page = browser.new_page()
    page.add_script_tag(content=f"{script}\nwindow.makeEngine = makeEngine;")

    def answer(atlas, questions):
        facts = json.loads(json.dumps(map_facts(atlas)))
        return page.evaluate(ASK, [facts, questions])

    yield answer
    page.close()


def expect(atlas, day, view, landings):
    """Say of a day what the package says, in the words of the engine."""
    ids, projects = list(atlas.products), list(atlas.projects)
    number = {id: at for at, id in enumerate(ids)}
    for each in landings:
        if "project" in each:
            atlas = land(atlas, project=projects[each["project"]], as_of=day)
        else:
            atlas = land(atlas, ids[each["product"]], each["amount"], as_of=day)
    survey = make_survey(atlas, as_of=day, view=view)
    gaps = {gap.product: gap for gap in judge(survey)}
    feasible = set(find_feasible_in(survey, find_shippable(atlas, as_of=day)))
    balances = [survey.balances[id] for id in ids]

    def numbers(found):
        return sorted({number[id] for id in found})

    return {
        "state": [STATES.index(survey.scene.states[id].state) for id in ids],
        "kind": [KINDS.index(gaps[id].kind if id in gaps else None) for id in ids],
        "demand": [balance.demand for balance in balances],
        "supply": [balance.supply for balance in balances],
        "shortfall": [balance.shortfall for balance in balances],
        "feasible": [int(id in feasible) for id in ids],
        "sourcing": [
            {"byVolume": each.by_volume, "byNumber": each.by_number}
            for each in find_sourcing(survey)
        ],
        "missing": [numbers(gaps[id].missing_inputs if id in gaps else ()) for id in ids],
        "needers": [numbers(survey.scene.needers[id]) for id in ids],
        "users": [numbers(survey.scene.users[id]) for id in ids],
    }


def assert_same(told, expected, case):
    for name in ("state", "kind", "feasible", "needers", "users"):
        assert told[name] == expected[name], (name, case)
    assert [sorted(set(each)) for each in told["missing"]] == expected["missing"], case
    for name in ("demand", "supply", "shortfall"):
        assert told[name] == [near(value) for value in expected[name]], (name, case)
    for one, two in zip(told["sourcing"], expected["sourcing"], strict=True):
        assert one == {name: near(value) for name, value in two.items()}, case


def near(value):
    return value if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)


def days_of(atlas):
    """List the days on which something begins or ends in an atlas, and one before them all."""
    facts = map_facts(atlas)
    days = {"1900-01-01"}
    days.update(day for day in facts["makers"]["since"] + facts["makers"]["until"] if day)
    days.update(day for project in facts["projects"] for _, day in project["milestones"])
    return sorted(days)


def draw_landings(dice, atlas):
    projects, products = range(len(atlas.projects)), range(len(atlas.products))
    landed = dice.sample(projects, min(len(projects), dice.randint(0, 3)))
    plants = dice.sample(products, dice.randint(0, 3))
    return [{"project": at} for at in landed] + [
        {"product": at, "amount": dice.choice([None, 1000.0, 50000.0])} for at in plants
    ]


def test_yumen_is_the_same_on_every_day_that_it_mentions(ask, yumen):
    questions = [[day, view, []] for day in days_of(yumen) for view in VIEWS]
    for question, told in zip(questions, ask(yumen, questions), strict=True):
        assert_same(told, expect(yumen, *question), question)


def test_yumen_is_the_same_with_things_landed(ask, yumen):
    dice = random.Random(2)
    questions = [
        [dice.choice(["2023-02-15", "2026-01-16"]), dice.choice(VIEWS), draw_landings(dice, yumen)]
        for _ in range(40)
    ]
    for question, told in zip(questions, ask(yumen, questions), strict=True):
        assert_same(told, expect(yumen, *question), question)


@pytest.mark.parametrize("rule", ["position", "maturity"])
def test_the_other_rules_tell_the_same_kinds(ask, yumen, rule):
    atlas = yumen.model_copy(update={"rule": rule, "maturity": {"silicone": "traditional"}})
    questions = [["2026-01-16", view, []] for view in VIEWS]
    for question, told in zip(questions, ask(atlas, questions), strict=True):
        assert_same(told, expect(atlas, *question), question)


@pytest.mark.parametrize("seed", range(60))
def test_any_atlas_is_the_same(ask, seed):
    dice = random.Random(seed)
    atlas = draw_atlas(dice)
    questions = [
        [day, view, draw_landings(dice, atlas)] for day in days_of(atlas)[:6] for view in VIEWS
    ]
    questions += [[days_of(atlas)[-1], view, []] for view in VIEWS]
    for question, told in zip(questions, ask(atlas, questions), strict=True):
        assert_same(told, expect(atlas, *question), (seed, question))


# ------------------------------------------------------------- random atlases

NAMES = "abcdefghijkl"


def draw_atlas(dice):
    """Draw a dozen products with routes, loops, by-products, pools, and who makes them when."""
    products = {name: draw_product(dice, name) for name in NAMES}
    branch_of = {name: dice.choice(["one", "two"]) for name in NAMES}
    return Atlas.model_validate(
        {
            "atlas": {"id": "town", "name": "小城"},
            "place": {"name": "小城"},
            "as_of": "2024",
            "chains": {"all": {"name": "链", "branches": ["one", "two"]}},
            "branches": {id: {"id": id, "name": id} for id in ("one", "two")},
            "products": products,
            "branch_of": branch_of,
            "enterprises": {f"f{at}": draw_firm(dice, products) for at in range(5)},
            "projects": draw_projects(dice, products),
            "neighbours": {
                "near": {"name": "邻县", "makes": dice.sample(NAMES, 3), "date": "2022"},
            },
        }
    )


def draw_product(dice, name):
    others = [other for other in NAMES if other != name]
    routes = []
    for at in range(dice.choice([0, 1, 1, 1, 2])):
        chosen = dice.sample(others, dice.randint(1, 4))
        routes.append(
            {
                "id": f"r{at}",
                "inputs": {other: draw_input(dice) for other in chosen[1:]},
                "byproducts": {
                    of: {"per": dice.randint(1, 4)} for of in chosen[: dice.randint(0, 1)]
                },
            }
        )
    product = {
        "name": name,
        "stage": dice.choice(["upstream", "midstream", "downstream"]),
        "unit": "t",
        "reach": dice.choice(["local", "local", "regional", "national"]),
        "routes": [route for route in routes if route["inputs"] or route["byproducts"]],
    }
    if dice.random() < 0.15 and product["routes"]:
        product["pool"] = True
    if dice.random() < 0.3:
        product["min_scale"] = dice.randint(1, 60)
    return product


def draw_input(dice):
    flow = {"kind": dice.choice(["material", "material", "energy", "equipment", "service"])}
    if dice.random() < 0.8:
        flow["per"] = dice.choice([0.5, 1, 2, 3])
    flow[dice.choice(["critical", "critical", "minor"])] = dice.random() < 0.8
    return flow


def draw_firm(dice, products):
    makes = {}
    for name in dice.sample(NAMES, dice.randint(1, 2)):
        output = {"since": dice.choice([None, "2019", "2021-06"])}
        if output["since"] and dice.random() < 0.2:
            output["until"] = "2022-03"
        if dice.random() < 0.7:
            output["capacity"] = dice.randint(0, 90)
        routes = [route["id"] for route in products[name]["routes"]]
        if routes and dice.random() < 0.5:
            output["route"] = dice.choice(routes)
        makes[name] = output
    return {"name": "厂", "makes": makes}


def draw_projects(dice, products):
    projects = {}
    for at in range(5):
        milestones = {"signed": "2020-01", "started": "2021", "operating": "2023-05-06"}
        kept = dict(list(milestones.items())[: dice.randint(0, 3)])
        if dice.random() < 0.2:
            kept["stopped"] = "2023-09"
        capacity = {
            name: dice.choice([None, 10, 10, dice.randint(1, 80)])
            for name in dice.sample(sorted(products), dice.randint(1, 2))
        }
        projects[f"p{at}"] = {
            "name": "项目",
            "milestones": kept,
            "capacity": capacity,
            "enterprise": dice.choice([None, "f0", "f1"]),
            "overlaps": dice.sample(
                [f"p{other}" for other in range(at)], min(at, dice.randint(0, 1))
            ),
        }
    return projects
