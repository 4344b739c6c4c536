"""Which activities are of one field, by the words in their names.

A short list of words that names of industries in Chinese are made of, each line one field.
Written by hand from the vocabulary of classifications of industries, with the names of the
申万 industries at hand; no data on places or dates went into it. Names that hold none of the words are of no field, and names in
another language have none: what rests on kinship is then left out, not wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chaingraph.evidence.panel import Matrix

_WORDS = """
农 种子 种植 养殖 饲料 动物 宠物 渔 捕捞 林业 猪 鸡 禽 果蔬 粮
食品 乳 肉 烘焙 零食 熟食 调味 酒类 白酒 啤酒 饮料 保健品 食用菌 粮油 果蔬 农产品
纺 棉 印染 服装 鞋 锦纶 涤纶 氨纶 粘胶 纤维 辅料
化学 化工 氟 氯 碱 硅 磷 氮 钾 肥 农药 涂料 染料 炭黑 钛白粉 无机盐 树脂 塑料 橡胶 聚氨酯 胶 炼油 石化 膜
医 药 疫苗 血液 诊断 生物制品
钢 铁矿 长材 板材 管材 焦炭 冶
铜 铝 铅 锌 黄金 白银 钨 钼 钴 锂 锡 镍 稀土 磁性 金属
煤 油气 油田 油品 炼油 石油 燃气 天然气 焦
电力 发电 风电 光伏 电网 输变电 配电 火电 水电 核电 电池 热力 电能 电机 线缆 储能
水泥 玻璃 玻纤 瓷砖 耐火 建材 防水 管材 涂料 混凝土
汽车 乘用车 客车 货车 轮胎 底盘 车身 摩托
机械 机床 设备 工控 机器人 自动化 仪器 仪表 激光 磨具 制冷 楼宇
半导体 芯片 集成电路 分立器件 光学 面板 LED 印制电路板 被动元件 电子 硅片
通信 软件 IT 计算机 游戏 门户 信息服务 安防 互联网 大数据 云计算
家电 冰洗 空调 彩电 厨房 卫浴 照明 电器
家居 家具 纸 包装 印刷 文化用品 娱乐用品 瓷砖 地板
广告 影视 电视 出版 院线 动漫 媒体 教育 培训 体育
百货 零售 超市 连锁 贸易 经销 药店 电商 供应链 流通 商业
银行 城商行 农商行 证券 保险 信托 租赁 金融 资产管理
房屋 房产 住宅 地产 物业 装修 园林 工程 基建 建设 钢结构
港口 航运 航空 机场 铁路 公路 货运 物流 快递 公交 仓储
酒店 餐饮 旅游 景区 会展 人力资源 检测 咨询
环境 环保 大气治理 固废 水务 水治理
航天 航空装备 航海 兵装 军工
化妆品 洗护 饰品 珠宝 钟表
"""

FIELDS: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split()) for line in _WORDS.strip().splitlines()
)
"""The words of each field; an activity may be of several."""


def find_fields(name: str) -> frozenset[int]:
    """
    Return the fields whose words a name holds.

    Examples
    --------
    >>> find_fields("锂电专用设备") & find_fields("锂电池") == find_fields("铜")
    True
    >>> find_fields("gardening")
    frozenset()
    """
    return frozenset(
        number for number, words in enumerate(FIELDS) if any(word in name for word in words)
    )


def find_kin(activities: Sequence[str]) -> Matrix:
    """
    Return which activities are kin: 1 where two share a field, 0 elsewhere and of itself.

    Parameters
    ----------
    activities
        Their names.

    Returns
    -------
    kin
        Activities × activities, symmetric.

    Examples
    --------
    >>> find_kin(["水泥制造", "玻璃制造", "白酒"]).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    held = np.zeros((len(activities), len(FIELDS)))
    for row, name in enumerate(activities):
        held[row, list(find_fields(name))] = 1
    kin = (held @ held.T > 0).astype(np.float64)
    np.fill_diagonal(kin, 0)
    return kin
