"""What every problem code says, in English and Chinese.

``docs/en/problems.md`` explains each code, and ``tests/broken`` has a wrong atlas for
each; tests compare the three lists.
"""

from __future__ import annotations

MESSAGES: dict[str, tuple[str, str]] = {
    # the file
    "file-missing": ("no such file", "没有这个文件"),
    "file-unreadable": ("the file cannot be read: {reason}", "文件读不了：{reason}"),
    "file-empty": ("nothing is in the file", "文件里什么也没有"),
    "include-empty": ("no file matches {pattern!r}", "没有文件与 {pattern!r} 相符"),
    "encoding": (
        "the file is not UTF-8{guess}; save it as UTF-8",
        "文件不是 UTF-8 编码{guess}；请另存为 UTF-8",
    ),
    "too-large": ("the file is larger than {limit} MB", "文件超过 {limit} MB"),
    # the YAML
    "syntax": ("this is not YAML: {reason}", "YAML 写法有误：{reason}"),
    "tab": ("a tab indents this line; use spaces", "这一行用制表符缩进；请改用空格"),
    "full-width": (
        "full-width {found!r} where YAML needs {wanted!r}",
        "这里用了全角“{found}”，YAML 要半角“{wanted}”",
    ),
    "duplicate-key": (
        "{key!r} is already there in line {line}",
        "{key!r} 在第 {line} 行已经写过",
    ),
    "alias": (
        "anchors and aliases (& and *) are not read; write the value out",
        "不支持锚点和别名（& 与 *）；请把内容直接写出来",
    ),
    "tag": (
        "tags such as {tag} are not read; write the plain value",
        "不支持 {tag} 这样的标签；请直接写值",
    ),
    "too-deep": ("nested more than {limit} deep", "嵌套超过 {limit} 层"),
    "one-document": ("a second document starts here; one file holds one", "一个文件只能有一个文档"),
    "control": ("the text holds a control character", "文字里有控制字符"),
    "bad-key": ("a key must be plain text", "键必须是普通文字"),
    # the fields
    "unknown-key": ("unknown key {key!r}{hint}", "不认识的键 {key!r}{hint}"),
    "missing-key": ("{key!r} is missing", "缺少 {key!r}"),
    "wrong-choice": (
        "{found} is not one of {choices}{hint}",
        "{found} 不在可选值 {choices} 之中{hint}",
    ),
    "wrong-type": (
        "expected {wanted}, found {found}{hint}",
        "这里应是{wanted}，却是 {found}{hint}",
    ),
    "bad-id": (
        "{found!r} is not an id: use small letters a–z, digits and _",
        "{found!r} 不能作编号：只用小写字母、数字和下划线",
    ),
    "bad-text": ("{found!r} is not of the form {pattern}", "{found!r} 不合格式 {pattern}"),
    "below-zero": ("must not be below zero", "不能小于零"),
    "too-small": ("must be at least {least}", "不能小于 {least}"),
    "not-finite": ("must be a finite number", "必须是有限的数"),
    "bad-date": (
        "{found} is not a date; write {wanted}",
        "{found} 不是日期；写成 {wanted}",
    ),
    "bad-day": (
        "{found} is not a single day; write 2023-02-15",
        "{found} 不是具体的一天；写成 2023-02-15",
    ),
    "bundle-name": (
        "a bundle of one's own needs a name, or a preset",
        "自定的图和清单要有名称（name），或选一个 preset",
    ),
    "bad-unit": (
        "{found!r} is not a unit{hint}; units are {units}",
        "{found!r} 不是单位{hint}；可用单位：{units}",
    ),
    "bad-ratio": (
        "{found!r} is not of the form kWh/t: units of the input per unit of the product",
        "{found!r} 不是 kWh/t 这样的单位：每单位产品用多少单位投入",
    ),
    "above-one": ("must be between 0 and 1", "应在 0 与 1 之间"),
    "blank": ("must not be blank", "不能是空白"),
    "empty-name": ("give zh, en or both", "zh、en 至少写一个"),
    "no-value": (
        "give a value, a range or a note",
        "value、range、note 至少写一个",
    ),
    "bad-range": (
        "the range must be [lowest, highest] with the value between",
        "range 应为 [最低, 最高]，value 在其间",
    ),
    "critical-minor": ("it cannot be both critical and minor", "不能既是 critical 又是 minor"),
    "per-unit": ("write the unit beside `per`, not in it", "单位写在 per 旁边，不写在里面"),
    "two-forms": (
        "write `routes`, or `inputs` and `byproducts`, not both",
        "routes 与 inputs、byproducts 只能用一种",
    ),
    "date-order": (
        "the milestones are out of order: {earlier} {earlier_date}, then {later} {later_date}",
        "阶段日期顺序不对：{earlier} {earlier_date} 之后是 {later} {later_date}",
    ),
    "no-weight": (
        "all weights are zero; give at least one more than that",
        "权重全是零；至少有一项要大于零",
    ),
    "odds-order": (
        "the ages must rise from one to the next, and there must be at least one",
        "月数要逐项增大，且至少要有一项",
    ),
    "until-before-since": ("ends on {until}, before it begins", "在开始之前（{until}）就结束了"),
    # how things hang together
    "second-atlas": (
        "only one file of an atlas may have `atlas:`",
        "一个图谱只能有一个 atlas 文件",
    ),
    "duplicate-id": ("{id!r} is already in {where}", "{id!r} 已在 {where} 写过"),
    "duplicate-alias": (
        "{alias!r} is also what {product!r} is called, in {where}",
        "{alias!r} 也是 {product!r} 的名称（{where}）",
    ),
    "unknown-reference": ("no {id!r} in {section}{hint}", "{section} 里没有 {id!r}{hint}"),
    "branch-nowhere": ("no chain lists the branch {id!r}", "没有产业链列出细分链 {id!r}"),
    "branch-twice": (
        "the branch {id!r} is in two chains: {first} and {second}",
        "细分链 {id!r} 同时在两条产业链里：{first}、{second}",
    ),
    "unknown-route": (
        "{product!r} has no route {id!r}{hint}",
        "{product!r} 没有工艺路线 {id!r}{hint}",
    ),
    "duplicate-route": ("two routes are called {id!r}", "两条工艺路线都叫 {id!r}"),
    "own-input": (
        "{id!r} cannot be both what goes in and what comes out of one route",
        "{id!r} 不能既是同一路线的投入又是它的产出",
    ),
    "unit-mismatch": (
        "{unit!r} cannot be counted in {own!r}, the unit of {product!r}",
        "{unit!r} 不能换算成 {product!r} 的单位 {own!r}",
    ),
    "quota-unit": (
        "a goal of {measure} is counted in {wanted}; found {found}",
        "{measure} 的目标应以 {wanted} 计，这里写的是{found}",
    ),
    "space-unit": (
        "factory space is an area (10k_m2 if no unit is given); found {unit!r}",
        "厂房面积应以面积单位计（不写单位即 10k_m2，万平方米），这里写的是 {unit!r}",
    ),
    "references-unchecked": (
        "references were not checked, because another file could not be read",
        "有别的文件读不了，所以没有检查引用",
    ),
    # the cells of a form
    "unknown-sheet": ("no such sheet {sheet!r}{hint}", "没有“{sheet}”这样的表{hint}"),
    "unknown-column": ("no such column {column!r}{hint}", "没有“{column}”这一列{hint}"),
    "duplicate-column": ("the column {column!r} is there twice", "“{column}”这一列有两个"),
    "missing-column": ("the column {column!r} is missing", "缺少“{column}”这一列"),
    "missing-cell": ("{column!r} must not be empty", "“{column}”不能空着"),
    "missing-id": ("give an id or a name", "编号和名称至少填一个"),
    "same-name": (
        "{name!r} is in {where} already; if it is another one, give it an id",
        "“{name}”在 {where} 已经有了；确是另一个，请填编号",
    ),
    "name-twice": (
        "several in {section} are called {name!r}; write the id of one",
        "{section} 里叫“{name}”的不止一个，请写编号",
    ),
    "cell-error": ("the cell holds the error {found}", "单元格是错误值 {found}"),
    "cell-formula": (
        "the formula {found} has no value; open the file and save it, or write the value",
        "公式 {found} 没有算出的值；请打开文件保存一次，或直接写值",
    ),
    "cell-number": ("expected a number, found {found!r}", "这里应是数字，却是 {found!r}"),
    "cell-yes": ("expected yes or no, found {found!r}", "这里应是“是”或“否”，却是 {found!r}"),
    "cell-pairs": (
        "expected pairs such as gbt4754=2614, found {found!r}",
        "应写成 gbt4754=2614 这样的一对，却是 {found!r}",
    ),
    "cell-json": ("this is not JSON: {found}", "这不是 JSON：{found}"),
    "figure-owner": (
        "{found!r} is not place, parks/id, projects/id or products/id",
        "{found!r} 不是 place、parks/编号、projects/编号或 products/编号",
    ),
}
