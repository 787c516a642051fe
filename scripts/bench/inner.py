"""What is measured below HTTP: seeding, the sweep, working days, ledgers in and out."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from rustpy_xlsxwriter import FastExcel

from scripts.bench.places import Place
from scripts.bench.table import Figure, ratio


def seeding(projects: int, rate: float) -> Iterator[Figure]:
    yield Figure(f"seed_scale, {projects:,} projects", rate, "projects/s", least=5_000)


def clocks(place: Place, count: int, rounds: int) -> Iterator[Figure]:
    """The sweep over so many open clocks, a hundredth of them due; and the calendar's arithmetic."""
    made = place.ask("clocks", str(count))
    found = place.ask("sweeps", str(rounds))
    note = f"{made:,} open, {median(found['due']):,.0f} due: {median(found['sweep']) * 1000:.0f} ms"
    yield Figure(
        "sweep ÷ one statement, time", ratio(found["sweep"], found["statement"]), "×", most=2.0, note=note
    )
    yield Figure("sweep with nothing due", median(found["idle"]) * 1000, "ms", most=20)
    yield Figure(
        "plans counted backwards, 10,000", place.ask("backscheduling", "10000"), "plans/s", least=1_000
    )
    yield Figure("seven working days from a date", place.ask("workdays", "100000"), "µs", most=1.0)


def doubles(place: Place, count: int) -> Iterator[Figure]:
    """Is this lead there already? Against so many projects and investors; and how often that is right."""
    found = place.ask("doubles")
    spent = sorted(found["seconds"])
    note = (
        f"{len(spent):,} questions, {count:,} projects; 95 %: {spent[len(spent) * 95 // 100] * 1000:.0f} ms"
    )
    yield Figure("duplicate check of one lead, median", median(spent) * 1000, "ms", most=50, note=note)
    yield Figure("duplicates: precision of sure and likely", found["precision"], least=0.95)
    yield Figure("duplicates: recall of sure and likely", found["recall"], least=0.9)


def ledgers(place: Place, rows: int, data: Path) -> Iterator[Figure]:
    """A ledger read from Excel into projects, and written as Excel."""
    came = place.ask("imported", str(office_ledger(data / "台账.xlsx", rows)))
    if came["created"] != rows:
        raise RuntimeError(f"{came['created']} of {rows} rows came in")
    spent = (f"{name} {came[name]:.1f} s" for name in ("preview", "commit", "settle"))
    note = f"{rows:,} rows: {', '.join(spent)}"
    rate = rows / (came["preview"] + came["commit"])
    yield Figure("import of a ledger, preview and commit", rate, "rows/s", least=2_000, note=note)
    yield Figure("import of a ledger: peak memory", came["megabytes"], "MB", most=600)
    out = place.ask("export", "吨新材料项目")
    note = f"{out['rows']:,} rows"
    yield Figure("export of the ledger", out["rows"] / out["seconds"], "rows/s", least=15_000, note=note)


def office_ledger(path: Path, rows: int) -> Path:
    """A ledger as offices keep them: amounts, days and areas in words, several projects to an investor."""
    days = ("2025年2月25日", "2025.3.1", "2025-04")
    sheet = (
        {
            "序号": number,
            "项目名称": f"年产{number}吨新材料项目",
            "投资方": f"重庆测速第{number // 3}实业有限公司",
            "投资方属地": ("重庆市渝北区", "浙江省宁波市", "四川省成都市")[number % 3],
            "总投资": ("2.6亿元", "6000万元", "约10亿", "3000万美元")[number % 4],
            "固定资产投资": ("1.8亿元", "4500万元", "8亿", "")[number % 4],
            "协议投资": ("2亿元", "5000万元", "")[number % 3],
            "建设内容": "新建厂房、仓库和研发楼，购置生产线，形成年产能力。",
            "需用土地": ("120亩", "租用标准厂房", "")[number % 3],
            "片区": ("清溪园区", "白涛园区", "")[number % 3],
            "签约时间": days[number % 3] if number % 2 else "",
            "开工时间": "",
            "企业联系人": "王经理",
            "联系电话": f"138{number:08}",
            "进展情况": ("在谈，双方正在商议选址", "已签约")[number % 2],
        }
        for number in range(1, rows + 1)
    )
    FastExcel(str(path)).sheet("项目台账", sheet).save()
    return path
