"""A page that shows every component once, with a project that could be real. For looking at, and for tests.

    .venv/bin/python -m pytest tests/lifecycle/test_ui.py

It is also a URL configuration of one page, for the browser tests.
"""

from datetime import date
from pathlib import Path
from types import SimpleNamespace as Row
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from kernel.refusals import Unmet
from lifecycle.ui import masked_phone

PAGE = Path(__file__).with_name("styleguide.html")
PHASES = [
    ("planning", "谋划生成"),
    ("negotiation", "对接洽谈"),
    ("landing", "签约落地"),
    ("construction", "开工建设"),
    ("production", "竣工投产"),
]


class ContactForm(forms.Form):
    on = forms.DateField(label="洽谈日期", widget=forms.DateInput(attrs={"type": "date"}))
    how = forms.ChoiceField(label="方式", choices=[("", "请选择"), ("visit", "来访"), ("phone", "电话")])
    unit = forms.ChoiceField(
        label="承接园区",
        choices=[("", ""), ("gaoxin", "涪陵高新区"), ("baitao", "白涛新材料科技城"), ("north", "江北旅游区")],
        widget=forms.Select(attrs={"data-search": ""}),
    )
    who = forms.CharField(label="对方人员", help_text="姓名与职务")
    outcome = forms.ChoiceField(
        label="结果", choices=[("on", "继续"), ("off", "搁置")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="洽谈情况", widget=forms.Textarea(attrs={"rows": 3}))
    confirmed = forms.BooleanField(label="企业已书面确认")


CLOCK = ("name", "limit", "clause", "unit", "start", "due", "light", "words")


def _clock(*values: str) -> Row:
    return Row(**dict(zip(CLOCK, values, strict=True)))


def context() -> dict[str, Any]:
    """Sample data for every component; the form was sent half empty."""
    nav = [
        ("工作台", "/", "layout-dashboard", 0),
        ("项目台账", "/projects/", "table", 0),
        ("审批", "/inbox/", "inbox", 3),
        ("制度", "/policies/", "book", 0),
    ]
    return {
        "nav": [{"title": t, "url": u, "icon": i, "count": n, "active": n == 3} for t, u, i, n in nav],
        "unread": 12,
        "crumbs": [("项目台账", "/projects/"), ("新材料产业链", "/chains/1/")],
        "project": Row(
            name="年产10万吨高强铝合金轻量化部件项目",
            code="FL-2026-0138",
            phase="对接洽谈",
            enterprise="某某铝业科技有限公司",
            total=62_000_000_000,
        ),
        "phases": [
            {"code": code, "name": name, "on": date(2026, 9, 2) if code == "planning" else None}
            for code, name in PHASES
        ],
        "badges": PHASES,
        "figures": [
            {"name": "总投资", "value": "6.2亿元", "note": "固定资产 4.8亿元"},
            {"name": "在办期限", "value": "4", "note": "最近 11-25 到期"},
            {"name": "超期", "value": "1", "tone": "bad", "note": "联合评审"},
            {"name": "评估意见", "value": "5/7", "tone": "warn", "note": "还差 2 家"},
            {"name": "项目类别", "value": "重大", "url": "/projects/", "note": "当年计划"},
        ],
        "unmet": [
            Unmet("step", "“5+2”评估尚未作出结论", "三(二)5", "/steps/1/"),
            Unmet("document", "项目投资协议（送审稿）没有上传", "三(三)2", "/documents/"),
            Unmet("field", "亩均税收未填写"),
        ],
        "clocks": [
            _clock("“5+2”项目评估", "7 个工作日 · 必须", "三(二)5", "区招商投资局", "2026-11-12",
                   "2026-11-23", "yellow", "剩 1 个工作日"),
            _clock("联合评审", "5 个工作日", "三(三)1", "区发展改革委", "2026-11-02", "2026-11-09",
                   "red", "超期 9 个工作日"),
            _clock("首谈登记", "3 个工作日", "三(二)1", "高新区管委会", "2026-10-28", "2026-11-02",
                   "met", "10-30 办结"),
            _clock("用地预审", "20 个自然日", "四(一)3", "区规划自然资源局", "2026-11-18", "2026-12-08",
                   "green", "剩 13 天"),
            _clock("环评审批", "等待企业补正", "四(一)6", "区生态环境局", "2026-11-10", "—", "paused", ""),
        ],
        "form": ContactForm({"how": "visit"}),
        "todo": [
            {"title": "联合评审 · 某某铝业", "light": "red", "words": "超期 9 日", "note": "请牵头提出结论",
             "due": "11-09", "tone": "late"},
            {"title": "“5+2”评估意见 · 食品加工园", "light": "yellow", "words": "剩 1 日", "note": "土地要素",
             "due": "11-23", "tone": "soon"},
            {"title": "确认首谈登记", "light": "green", "words": "剩 5 日", "note": "新材料科创园转来",
             "due": "11-27", "tone": ""},
        ],
        "facts": [
            ("投资主体", "某某铝业科技有限公司"),
            ("来源", "市外"),
            ("行业", "C3392 有色金属铸造"),
            ("联系电话", masked_phone("13812341234")),
            ("外方", ""),
        ],
        "entries": [
            {"on": date(2026, 11, 20), "text": "区经济信息委提出意见：可行", "who": "李雪 · 区经济信息委",
             "clause": "三(二)5", "tone": "good", "url": "/steps/1/"},
            {"on": date(2026, 11, 9), "text": "联合评审超期，已报告分管领导", "who": "系统", "tone": "bad"},
            {"on": date(2026, 9, 2), "text": "登记线索", "who": "周明远 · 区招商投资局"},
        ],
    }  # fmt: skip


def page(request: HttpRequest) -> HttpResponse:
    """The style guide as one page."""
    template = engines["django"].from_string(PAGE.read_text(encoding="utf-8"))
    return HttpResponse(template.render(context(), request))


urlpatterns = [path("", page), path("i18n/", include("django.conf.urls.i18n"))]
