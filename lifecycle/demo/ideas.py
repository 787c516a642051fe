"""What is invested in: products that suit the district's chains, with the sizes usual for them."""

from dataclasses import dataclass

MATERIALS, BATTERY, FOOD = "advanced-materials", "new-energy-battery", "food-agriculture"


@dataclass(frozen=True, slots=True)
class Idea:
    """A kind of project. ``title`` takes a size from ``sizes``; ``code`` is the class of GB/T 4754-2017;
    ``chain`` and ``node`` place it; ``department`` is the industry's own where it is not the usual one."""

    title: str
    sizes: tuple[str, ...]
    code: str
    industry: str
    trade: str
    chain: str = ""
    node: str = ""
    department: str = ""


IDEAS = (
    Idea("年产{n}万吨高性能铝合金板带材项目", ("3", "5", "8", "12"), "3252", "铝压延加工", "铝业",
         MATERIALS, "铝合金压延加工"),
    Idea("年产{n}万吨聚酰胺切片项目", ("4", "6", "10"), "2651", "初级形态塑料及合成树脂制造", "新材料",
         MATERIALS, "聚酰胺及改性"),
    Idea("年产{n}万吨己二腈项目", ("5", "10"), "2614", "有机化学原料制造", "化学", MATERIALS, "化工原料"),
    Idea("年产{n}立方米气凝胶绝热材料项目", ("2万", "5万"), "3034", "隔热和隔音材料制造", "新材料",
         MATERIALS, "功能材料"),
    Idea("年产{n}万吨玄武岩纤维及制品项目", ("1", "2", "3"), "3061", "玻璃纤维及制品制造", "复合材料",
         MATERIALS, "纤维及复合材料"),
    Idea("年产{n}万吨可降解改性塑料项目", ("2", "5"), "2651", "初级形态塑料及合成树脂制造", "新材料",
         MATERIALS, "聚酰胺及改性"),
    Idea("年产{n}吨高纯电子化学品项目", ("6000", "12000"), "3985", "电子专用材料制造", "电子材料",
         MATERIALS, "功能材料"),
    Idea("年产{n}吨特种工程塑料项目", ("3000", "8000"), "2651", "初级形态塑料及合成树脂制造", "高分子",
         MATERIALS, "聚酰胺及改性"),
    Idea("年产{n}万吨磷酸铁锂正极材料项目", ("2", "4", "6"), "3985", "电子专用材料制造", "能源材料",
         BATTERY, "正极材料"),
    Idea("年产{n}GWh动力电池模组及系统项目", ("2", "5", "10"), "3841", "锂离子电池制造", "新能源",
         BATTERY, "电芯及模组"),
    Idea("年产{n}万套铝合金副车架轻量化部件项目", ("60", "100", "150"), "3670", "汽车零部件及配件制造",
         "汽车零部件", BATTERY, "轻量化部件"),
    Idea("年产{n}万吨锂电池铝箔项目", ("1", "2"), "3252", "铝压延加工", "铝业", BATTERY, "集流体"),
    Idea("年产{n}万台新能源汽车电驱壳体项目", ("80", "120"), "3670", "汽车零部件及配件制造", "精密制造",
         BATTERY, "轻量化部件"),
    Idea("年处理{n}万吨退役动力电池综合利用项目", ("2", "5"), "4210", "金属废料和碎屑加工处理", "循环科技",
         BATTERY, "回收利用"),
    Idea("年产{n}亿平方米锂电池隔膜项目", ("2", "4"), "2921", "塑料薄膜制造", "新能源", BATTERY, "隔膜"),
    Idea("年产{n}万吨榨菜智能化加工项目", ("2", "3", "5"), "1371", "蔬菜加工", "食品",
         FOOD, "榨菜及蔬菜加工", "agriculture-rural"),
    Idea("预制菜中央厨房及冷链配送{n}项目", ("一期", "二期"), "1432", "速冻食品制造", "食品",
         FOOD, "预制菜", "commerce"),
    Idea("年加工{n}万吨脐橙果汁项目", ("1", "3"), "1523", "果菜汁及果菜汁饮料制造", "饮品",
         FOOD, "饮料", "agriculture-rural"),
    Idea("年产{n}万吨复合调味料项目", ("1", "2", "4"), "1469", "其他调味品、发酵制品制造", "食品",
         FOOD, "调味品"),
    Idea("年产{n}万吨休闲豆制品项目", ("1", "2"), "1392", "豆制品制造", "食品",
         FOOD, "休闲食品", "agriculture-rural"),
    Idea("中药饮片加工及仓储{n}项目", ("一期", "二期"), "2730", "中药饮片加工", "中药", "", "", "health"),
    Idea("生物医药中试平台{n}项目", ("一期", "二期"), "2710", "化学药品原料药制造", "医药", "", "", "health"),
    Idea("智能装备关键零部件{n}项目", ("一期", "二期"), "3484", "机械零部件加工", "智能装备"),
    Idea("页岩气压裂装备制造{n}项目", ("一期", "二期"), "3512", "石油钻采专用设备制造", "装备"),
    Idea("长江港口多式联运分拨中心{n}项目", ("一期", "二期"), "5910", "装卸搬运", "物流", "", "", "commerce"),
    Idea("人工智能数据标注基地{n}项目", ("一期", "二期"), "6450", "互联网数据服务", "数字科技",
         department="big-data"),
)  # fmt: skip

AMOUNTS = (
    (("3500", "4800", "6000", "8000"), "万元", 22),
    (("1.2", "1.6", "2", "2.5", "3.2", "4.5"), "亿元", 40),
    (("5", "6.8", "8", "9.5"), "亿元", 18),
    (("10", "12", "15", "18"), "亿元", 13),
    (("20", "26", "35", "50"), "亿元", 7),
)
"""Total investments as offices write them, with how often such a project comes."""
