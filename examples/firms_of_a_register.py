"""Who makes what where, of a register of firms; needs ``pip install 'chaingraph[evidence]'``."""

from pathlib import Path

import chaingraph as cg
from chaingraph.evidence.complexity import analyse_panel
from chaingraph.evidence.lexicon import make_lexicon
from chaingraph.evidence.panel import make_panel
from chaingraph.evidence.registry import aggregate_matches, list_firms, match_registry
from chaingraph.evidence.rows import find_columns, find_units, read_header
from chaingraph.evidence.scopes import ScopeReader

Path("firms.csv").write_text(
    """企业名称,省份,成立日期,经营范围
甲公司,浙江,2009-05-11,硅油、107胶的生产、销售；化工产品（不含甲醇）批发
乙公司,浙江,2012-08-01,氢氟酸、聚偏氟乙烯生产；货物进出口
丙公司,浙江,2015-01-20,含氢硅油生产；普通货运
丁公司,甘肃,2015-03-01,销售：萤石、石油焦；普通货运
戊公司,甘肃,2011-06-30,风力发电、光伏发电；风电设备维修
己公司,新疆,2010-10-10,工业硅生产、销售；普通货运
""",
    "utf-8",
)
reader = ScopeReader(make_lexicon(cg.load_atlas(cg.example_atlas())))
columns = find_columns(read_header(find_units(["firms.csv"])[0]), {})
counts = match_registry(["firms.csv"], "matches", columns=columns, reader=reader)
print(f"{counts.matched} of {counts.rows} firms name a product, {counts.matches} in all")
for firm in list_firms("matches", products=["silicone_oil", "pvdf"]).to_dicts():
    print(f"  {firm['name']} ({firm['省份']}) makes {firm['product']}: “{firm['words']}”")

rows = aggregate_matches("matches", by=["省份"]).to_dicts()
found = analyse_panel(make_panel({(row["省份"], row["product"]): row["firms"] for row in rows}))
for row in found.to_records("甘肃"):
    if row["present"]:
        print(f"  甘肃 is strong in {row['activity']}: {row['lq']:.1f} times the average share")
print(*(f"  but: {warning.text('en')}" for warning in found.warnings), sep="\n")
