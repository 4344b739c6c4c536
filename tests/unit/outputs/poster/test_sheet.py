"""How bands share a sheet: nothing overlaps, nothing is lost, little is left empty."""

import pytest

from chaingraph.outputs.layout import Band, Layout, Stage
from chaingraph.outputs.poster.sheet import PAPERS, STAGES, arrange

STAGE_ROWS = (
    Stage("upstream", 196, 375),
    Stage("midstream", 571, 500),
    Stage("downstream", 1071, 375),
)


def make_plan(heights, chains=3):
    bands = tuple(
        Band(None, f"chain{at * chains // len(heights)}", f"branch{at}", height, (), (), 0)
        for at, height in enumerate(heights)
    )
    return Layout(1596, (), STAGE_ROWS, bands)


def measure(width, below):
    return 400_000 / width if below else 1500.0


@pytest.mark.parametrize("size", PAPERS)
@pytest.mark.parametrize(
    "heights", [[300], [88], [300, 900, 100], [350, 240] * 6, [250] * 60], ids=str
)
def test_everything_has_a_place_of_its_own(heights, size):
    plan = make_plan(heights)
    heads = dict.fromkeys({band.chain for band in plan.bands}, True)
    sheet = arrange(plan, heads, measure, size)
    rows = [row for stack in sheet.stacks for box in stack.boxes for row in box.rows]
    assert [row.band.branch for row in rows] == [band.branch for band in plan.bands]
    edge, low = sheet.width - sheet.margin + 0.1, sheet.height - sheet.margin + 0.1
    panel = sheet.panel
    assert panel.x + panel.width <= edge
    assert panel.y + panel.height <= low
    for stack in sheet.stacks:
        end = stack.y - STAGES
        for box in stack.boxes:
            assert box.y >= end - 0.1
            end = box.y + box.height
            top = box.y
            for row in box.rows:
                assert row.y >= top
                top = row.y + row.height
            assert top <= end
        assert end <= (panel.y if panel.below else low)
        assert stack.x + stack.width <= (edge if panel.below else panel.x)
    for one, two in zip(sheet.stacks, sheet.stacks[1:], strict=False):
        assert one.x + one.width < two.x


def test_a_full_sheet_has_no_large_holes():
    sheet = arrange(make_plan([350, 240] * 6), {}, measure, "A1")
    bottom = sheet.height - sheet.margin
    for stack in sheet.stacks:
        last = stack.boxes[-1]
        limit = sheet.panel.y if sheet.panel.below else bottom
        assert limit - (last.y + last.height) < 0.06 * sheet.height


def test_chains_stay_together_where_that_costs_little():
    sheet = arrange(make_plan([300] * 4, chains=2), {}, measure, "A1")
    assert not any(box.continued for stack in sheet.stacks for box in stack.boxes)
