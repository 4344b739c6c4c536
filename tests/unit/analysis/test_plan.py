"""Trips, dates and the task book, by days and distances that can be checked on a calendar."""

import pytest

from chaingraph.analysis.plan import make_plan
from chaingraph.geography import distance, locate

HEAD = """
atlas: {id: town, name: {zh: 小城图谱, en: The town's chains}}
place: {name: {zh: 玉门市, en: Town}}
as_of: 2024-06-30
chains:
  food: {name: {zh: 食品, en: Food}, branches: [bakery]}
includes: [products/*.yaml, facts.yaml]
"""
PRODUCTS = """
bread: {name: {zh: 面包, en: Bread}, stage: midstream, unit: t}
toast: {name: {zh: 吐司, en: Toast}, stage: downstream, unit: t}
"""
TEAM = "teams: {bakers: {name: 烘焙专班, chain: food, lead: 工信局}}\n"


@pytest.fixture
def plan(make_atlas):
    """Make the plan of a small atlas whose candidates stand at some places."""

    def make(facts="", more="", **places):
        firms = [
            f"  {id}: {{name: {id}, makes: [{'bread, toast' if id == 'both' else 'bread'}], place: {at}}}"
            for id, at in places.items()
        ]
        text = TEAM + facts + ("candidates:\n" + "\n".join(firms) + "\n" if firms else "")
        return make_plan(make_atlas(PRODUCTS, text, head=HEAD + more))

    return make


def visits(plan):
    return [[(stop.enterprise, str(stop.day)) for stop in trip.stops] for trip in plan.trips]


def stops(plan):
    return [{stop.enterprise for stop in trip.stops} for trip in plan.trips]


# --------------------------------------------------------------------------- trips


def test_firms_near_each_other_share_a_trip(plan):
    found = plan(quzhou="浙江衢州", shenzhen="广东深圳", jinhua="浙江金华", guangzhou="广东广州")
    assert sorted(map(sorted, stops(found))) == [["guangzhou", "shenzhen"], ["jinhua", "quzhou"]]


def test_no_two_firms_of_a_trip_lie_farther_apart_than_the_radius(plan):
    found = plan(
        more="plan: {radius: 100}\n", quzhou="浙江衢州", jinhua="浙江金华", hangzhou="浙江杭州"
    )
    for trip in found.trips:
        points = [stop.point for stop in trip.stops]
        assert all(distance(one, other) <= 100 for one in points for other in points)


def test_a_trip_and_a_team_have_their_limits(plan):
    places = {f"f{n}": "浙江杭州" for n in range(5)}
    found = plan(more="plan: {visits: 2, trips: 2}\n", **places)
    assert [len(trip.stops) for trip in found.trips] == [2, 2]
    assert sum(target.due is None for target in found.targets) == 1


def test_the_firm_that_fills_most_is_seen_first(plan):
    found = plan(a="西藏拉萨", both="浙江杭州")
    assert found.trips[0].stops[0].enterprise == "both"
    assert found.trips[0].stops[0].products == ("bread", "toast")


def test_a_firm_that_lies_nowhere_known_goes_alone(plan):
    found = plan(a="火星", b="浙江杭州", c="浙江宁波")
    assert sorted(map(len, stops(found))) == [1, 2]


def test_firms_here_come_first(plan):
    facts = "enterprises: {own: {name: 分厂, parent: home, makes: {toast: {}}}}\n"
    found = plan(facts, home="浙江杭州", near="浙江杭州")
    assert [trip.local for trip in found.trips] == [True, False]
    assert found.trips[0].stops[0].enterprise == "home"


# --------------------------------------------------------------------------- dates


def test_visits_fall_on_working_days_after_the_day_asked(plan):
    found = plan(more="plan: {start: 2023-09-28}\n", a="浙江杭州", b="浙江宁波", c="浙江绍兴")
    # 2023-09-29 to 10-06 is off; the weekend of 10-07 and 10-08 is worked
    assert [day for _, day in visits(found)[0]] == ["2023-09-28", "2023-10-07", "2023-10-08"]


def test_without_a_start_it_begins_on_the_next_working_day(plan):
    assert visits(plan(a="浙江杭州")) == [[("a", "2024-07-01")]]  # the day asked is a Sunday


def test_days_off_of_the_place_count(plan):
    more = "plan: {holidays: [2024-07-01, 2024-07-02], talks: 1, signing: 2}\n"
    (stop,) = plan(more=more, a="浙江杭州").trips[0].stops
    assert [str(day) for day in (stop.day, stop.talks, stop.signing)] == [
        "2024-07-03", "2024-07-04", "2024-07-05",
    ]  # fmt: skip


def test_no_trip_is_interrupted_by_a_holiday(plan):
    places = {f"f{n}": "浙江杭州" for n in range(3)}
    more = "plan: {holidays: [2024-07-03, 2024-07-04, 2024-07-05], visits: 3}\n"
    (days,) = visits(plan(more=more, **places))
    assert [day for _, day in days] == ["2024-07-08", "2024-07-09", "2024-07-10"]


def test_a_trip_of_more_visits_than_days_between_holidays_starts_at_once(plan):
    places = {f"f{n}": "浙江杭州" for n in range(200)}
    found = plan(more="plan: {visits: 200}\n", **places)
    assert str(found.trips[0].start) == "2024-07-01"


def test_the_next_trip_starts_when_the_atlas_says(plan):
    found = plan(more="plan: {every: 5}\n", a="浙江杭州", b="广东深圳")
    assert [str(trip.start) for trip in found.trips] == ["2024-07-01", "2024-07-08"]


def test_the_time_table_has_every_step_in_order(plan):
    found = plan(more="plan: {talks: 2, signing: 5}\n", a="浙江杭州")
    assert [(str(entry.day), entry.act) for entry in found.timetable] == [
        ("2024-07-01", "visit"), ("2024-07-03", "talks"), ("2024-07-08", "signing"),
    ]  # fmt: skip


def test_the_due_day_of_a_target_is_that_of_the_visit(plan):
    found = plan(a="浙江杭州")
    assert [target.due for target in found.targets] == ["2024-07-01"]


def test_the_plan_of_one_team_has_only_its_own(plan):
    found = plan(a="浙江杭州")
    assert found.of_team("bakers") == found
    assert found.of_team("other").trips == ()


# ----------------------------------------------------------------------- task book

QUOTAS = """
projects:
  mill:
    name: 磨坊
    chain: food
    milestones: {signed: 2024-02-01, started: 2024-04-01}
    investment: 6
    arrived: {value: 2, date: 2024-05-01}
quotas:
  money: {name: 签约, chain: food, measure: signed, goal: {value: 20, unit: 100m_CNY}, since: 2024-01-01, until: 2024-12-31}
  sites: {name: 落地, chain: food, measure: started, goal: {value: 3, unit: count}, since: 2024-01-01, until: 2024-12-31}
  funds: {name: 到位, chain: food, measure: arrived, goal: {value: 8, unit: 100m_CNY}, since: 2024-01-01, until: 2024-12-31}
  later: {name: 明年, chain: food, measure: signed, goal: {value: 9, unit: 100m_CNY}, since: 2025-01-01, until: 2025-12-31}
"""


def test_the_task_book_has_a_line_for_each_chain_and_period(plan):
    tasks = [task.to_record("zh") for task in plan(QUOTAS).tasks]
    assert [(task["since"], task["until"]) for task in tasks] == [
        ("2024-01-01", "2024-12-31"), ("2025-01-01", "2025-12-31"),
    ]  # fmt: skip
    first = {key: value for key, value in tasks[0].items() if key.endswith(("done", "goal"))}
    assert first == {
        "signed_done": 6, "signed_goal": 20, "landed_done": 1, "landed_goal": 3,
        "arrived_done": 2, "arrived_goal": 8, "factory_space_done": None, "factory_space_goal": None,
    }  # fmt: skip
    assert (tasks[1]["signed_done"], tasks[1]["landed_goal"]) == (0, None)
    assert tasks[0]["team"] == "bakers"


def test_what_a_quota_still_needs_stands_in_the_time_table(plan):
    ends = [entry for entry in plan(QUOTAS).timetable if entry.act == "quota"]
    assert [(str(entry.day), entry.what.zh) for entry in ends] == [
        ("2024-12-31", "签约：还差 14 亿元"), ("2024-12-31", "落地：还差 2 个"),
        ("2024-12-31", "到位：还差 6 亿元"), ("2025-12-31", "明年：还差 9 亿元"),
    ]  # fmt: skip


def test_what_a_quota_needs_is_the_business_of_its_team(plan):
    ends = [entry for entry in plan(QUOTAS).of_team("bakers").timetable if entry.act == "quota"]
    assert len(ends) == 4


def test_a_quota_that_counts_something_else_is_told_beside_the_columns(plan):
    number = "  number: {name: 签约数, chain: food, measure: signed, goal: {value: 4, unit: count}, since: 2024-01-01, until: 2024-12-31}\n"
    (task, _) = (task.to_record("zh") for task in plan(QUOTAS + number).tasks)
    assert task["others"] == [{"quota": "number", "done": 1, "goal": 4, "unit": "count"}]
    assert task["signed_goal"] == 20


def test_factory_space_stands_in_the_task_book_in_its_own_unit(plan):
    space = QUOTAS.replace("quotas:", "    factory_space: {value: 1.5, date: 2024-05-20}\nquotas:")
    space += "  halls: {name: 入驻厂房, chain: food, measure: factory_space, goal: {value: 40000, unit: m2}, since: 2024-01-01, until: 2024-12-31}\n"
    found = plan(space)
    first = found.tasks[0].to_record("zh")
    assert (first["factory_space_done"], first["factory_space_goal"]) == (1.5, 4)
    assert first["others"] == []
    ends = [entry.what for entry in found.timetable if entry.act == "quota"]
    assert ("入驻厂房：还差 25000 m²", "入驻厂房: 25000 m² left") in [
        (what.zh, what.en) for what in ends
    ]


def test_without_quotas_the_task_book_tells_what_was_done_this_year(plan):
    (task,) = plan(QUOTAS[: QUOTAS.index("quotas")]).tasks
    assert (task.signed.goal, task.signed.done, task.landed.done) == (None, 6, 1)
    assert str(task.until) == "2024-12-31"


# -------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("浙江杭州(建德)", "杭州"),
        ("四川成都（注册）/北京", "成都"),
        ("内蒙古", "呼和浩特"),
        ("广东广州", "广州"),
    ],
)
def test_the_first_city_named_counts(text, like):
    assert distance(locate(text), locate(like)) < 60


def test_what_is_no_place_lies_nowhere():
    assert locate("火星") is None
    assert locate(None) is None


def test_a_trip_goes_to_the_nearest_next(make_atlas):
    facts = """
        candidates:
          a: {name: 甲, makes: [toast], titles: [champion], place: 浙江衢州}
          b: {name: 乙, makes: [toast], titles: [little_giant], place: 浙江宁波}
          c: {name: 丙, makes: [toast], titles: [high_tech], place: 浙江衢州}
    """
    (trip,) = make_plan(make_atlas(PRODUCTS, facts)).trips
    assert [stop.enterprise for stop in trip.stops] == ["a", "c", "b"]
