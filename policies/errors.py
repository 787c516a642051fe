"""What is wrong with a pack: file, table, key, and a sentence in Chinese and in English."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class PackError:
    """One fault. ``table`` is the TOML table ("steps"), ``key`` leads on from the row's code
    ("assessment.limit.count"), ``line`` is where the row (or the syntax error) begins, 0 if unknown.
    """

    file: str
    table: str
    key: str
    message_zh: str
    message_en: str
    line: int = 0

    @property
    def where(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return " ".join(part for part in (place, f"[{self.table}]" if self.table else "", self.key) if part)

    @property
    def message(self) -> str:
        """The sentence in the active language."""
        return self.message_en if (get_language() or "").startswith("en") else self.message_zh

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)

    def __str__(self) -> str:
        return f"{self.where}：{self.message_zh} / {self.message_en}"


class PackRefused(Exception):
    """The pack cannot be read; ``errors`` says everything that is wrong, not only the first fault."""

    def __init__(self, errors: Iterable[PackError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


# Sentences by pydantic's error type (and our own); %(...)s from the error's context and input.
SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("缺少必填的键", "this key is required"),
    "extra_forbidden": ("不认识的键", "unknown key"),
    "string_type": ("应为加引号的文字，现为 %(input)s", "must be a quoted string, not %(input)s"),
    "int_type": ("应为整数，现为 %(input)s", "must be a whole number, not %(input)s"),
    "bool_type": ("应为 true 或 false，现为 %(input)s", "must be true or false, not %(input)s"),
    "date_type": (
        "应为不加引号的日期（如 2024-11-01），现为 %(input)s",
        "must be an unquoted date such as 2024-11-01, not %(input)s",
    ),
    "tuple_type": ("应为方括号列表，现为 %(input)s", "must be a list in square brackets, not %(input)s"),
    "model_type": ("应为一个表（{ … }），现为 %(input)s", "must be a table, not %(input)s"),
    "literal_error": (
        "“%(input)s”不在允许的写法之内：%(expected)s",
        "%(input)s is not one of the permitted words: %(expected)s",
    ),
    "unknown_word": (
        "“%(value)s”不在允许的写法之内：%(options)s",
        "“%(value)s” is not one of the permitted words: %(options)s",
    ),
    "string_pattern_mismatch": (
        "“%(input)s”的写法不对，应符合 %(pattern)s",
        "“%(input)s” is malformed, it must match %(pattern)s",
    ),
    "string_too_short": ("不能为空", "must not be empty"),
    "string_too_long": ("太长，最多 %(max_length)s 个字符", "is too long, at most %(max_length)s characters"),
    "too_short": ("至少要有 %(min_length)s 项", "needs at least %(min_length)s item(s)"),
    "greater_than_equal": ("不得小于 %(ge)s，现为 %(input)s", "must be at least %(ge)s, not %(input)s"),
    "less_than_equal": ("不得大于 %(le)s，现为 %(input)s", "must be at most %(le)s, not %(input)s"),
    "within_for_amounts": (
        "within 只写在 same_amount、far_amount 上，且必须写",
        "within belongs to same_amount and far_amount, and there it must stand",
    ),
    "kept_by_needs_window": ("应与 window 同时写", "belongs together with window"),
    "cadence_every": (
        'asks = "due" 时写 every，其他时候不写',
        'every belongs to asks = "due", and there it must stand',
    ),
    "cadence_calendar": (
        "按周历、月历计的，every 只能是1周或1个月，不写 weekday",
        "by the calendar, every is one week or one month, without a weekday",
    ),
    "element_owner": (
        "须写由谁保障：asks_units 或 asks_parts",
        "say who sees to it: asks_units or asks_parts",
    ),
    "factor_as_text": (
        '系数应写作加引号的非负小数（如 "0.2"），现为 %(input)s',
        'a factor is a quoted decimal, not negative, such as "0.2"; not %(input)s',
    ),
    "opens_one_way": (
        '应写 { milestone = "…" } 或 { manual = true }，二者取一',
        'write either { milestone = "…" } or { manual = true }',
    ),
    "score_in_order": ("分值下限应小于上限", "the lowest score must be below the highest"),
    "years_in_order": ("首年不能晚于末年", "the first year must not come after the last"),
    "score_without_score": (
        '只有 answer = "words_and_score" 的方面可以设分值和权重',
        'only an aspect with answer = "words_and_score" has a score and a weight',
    ),
    "sitting_without_minutes": (
        "sitting = true 与 minutes（会议纪要文号）同时写；papers（上会材料）只用于上会审议的方面",
        "sitting = true and minutes (a series) stand together; papers only with a sitting",
    ),
    "sitting_without_outcome": (
        '只有 answer = "outcome" 的方面由会议审议（sitting）',
        'only an aspect with answer = "outcome" is decided in a sitting',
    ),
    "named_from_nothing": (
        "named_from 应是本程序一个方面的代码，并与 names_part 同时写",
        "named_from is the code of an aspect of the step, and stands together with names_part",
    ),
    "proposing_asks_nobody": (
        "proposing 的 aspect 应与 named_from 相同，并在该方面的 asks_parts 中征求 proposing 的 part",
        "the aspect of proposing is that of named_from, and asks the part of proposing in asks_parts",
    ),
    "proposing_by_hand": (
        "写了 proposing 的程序由人启动：opens_on = { manual = true }",
        "a step with proposing is opened by people: opens_on = { manual = true }",
    ),
    "transfer_proposes": (
        'kind = "transfer" 的程序应写 proposing',
        'a step with kind = "transfer" says whom it proposes (proposing)',
    ),
    "stop_causes_twice": ("停表情形的代码重复", "a cause to stop the clock is listed twice"),
    "materials_twice": ("同一份材料写了两次", "a material is listed twice"),
    "permit_of_another_kind": (
        '只有 kind = "permit" 的程序可以写 permit',
        'only a step with kind = "permit" has a table permit',
    ),
    "commitment_waives_nothing": (
        "waives 中的材料应是本程序 guide.materials 中的名称",
        "what a commitment waives must be named in guide.materials of the step",
    ),
    "receipt_kept_by_nobody": (
        "未写回执单由谁填（kept_by_parts 或 kept_by_roles）",
        "nobody keeps the slip: give kept_by_parts or kept_by_roles",
    ),
    "receipt_sent_to_nobody": (
        "未写回执单报送给谁（to_parts、to_roles 或 to_units）",
        "the slip goes to nobody: give to_parts, to_roles or to_units",
    ),
    "pass_mark_without_score": (
        '设及格线（pass_mark）的程序至少要有一个 answer = "words_and_score" 且权重不为 0 的方面',
        'a step with a pass_mark needs an aspect with answer = "words_and_score" and a weight above 0',
    ),
    "scope_one_way": (
        "适用范围写 when（条件）或 milestone（由会议等明确），二者取一",
        "a scope is told by when or by a milestone, one of the two",
    ),
    "post_filled_one_way": (
        "岗位写 part（由谁担任）或 document（以何材料为凭），二者取一；units 只与 part 同时写",
        "a post is filled by a part or by a document, one of the two; units stand with a part only",
    ),
    "post_limit_for_nobody": (
        "写了 limit 的岗位应写由谁配备（to_parts 或 to_units）",
        "a post with a limit says who is to fill it (to_parts or to_units)",
    ),
    "level_of_nobody": (
        "未写由谁协调（to_parts 或 to_units）",
        "nobody takes it: give to_parts or to_units",
    ),
    "braces_in_pairs": ("花括号应成对，如 {term}", "braces stand in pairs, as in {term}"),
    "government_answers": (
        "政府一方的条款要写由谁落实（to_units 或 to_parts），企业一方的不写",
        "a term of the government names who answers for it (to_units or to_parts), one of the firm does not",
    ),
    "asks_nobody": (
        "未写向谁征求意见（asks_units 或 asks_parts）",
        "nobody is asked: give asks_units or asks_parts",
    ),
    "request_to_nobody": (
        "未写由谁答复企业（to_parts 或 to_units）",
        "nobody answers the enterprise: give to_parts or to_units",
    ),
    "platform_without_number": (
        "须有平台编号一栏（number），并有项目编号（code）或项目名称（name）一栏",
        "a column of number is needed, and one of code or name",
    ),
    "platform_column_twice": (
        "同一栏目或同一字段写了两次",
        "a heading or a field stands twice",
    ),
    "shares_make_one": ("牵头与配合的份额之和应为 1", "the lead's and the supporting share must add up to 1"),
    "rung_one_side": ("before_due 与 after_due 二者取一", "give either before_due or after_due"),
    "condition_one_comparison": (
        "一个条件只能写一个字段和一种比较",
        "a condition has one field and exactly one comparison",
    ),
    "condition_field_missing": (
        "条件写了比较而没有字段，或并列写了 all、any、not",
        "the condition compares without a field, or has more than one of all, any, not",
    ),
    "amount": (
        '无法识别的金额 %(input)s，应写作 "20亿元"、"6000万元"',
        'unreadable amount %(input)s; write it as "20亿元" or "6000万元"',
    ),
    "series_format": (
        "文号格式须含 {number}，按年编号的还须含 {year}，不得有其他花括号；缺：%(missing)s",
        "needs {number}, with yearly restart {year}, and no other braces; missing: %(missing)s",
    ),
    "section_one_source": (
        "一节只能取自一个程序或对接记录，二者取一",
        "a section draws on a step or on contacts, not on both",
    ),
    "title_places": (
        "标题只能含 {project} 和 {enterprise}",
        "a title may only have {project} and {enterprise} in it",
    ),
    "plan_day_or_words": (
        "事项写 timing（文字）时，不再写 lasts、after、ends_on",
        "an item with timing (words) has no lasts, after or ends_on",
    ),
    "date_order": ("失效日期早于施行日期", "effective_to lies before effective_from"),
}
ALIASES = {
    "model_attributes_type": "model_type",
    "dict_type": "model_type",
    "value_error": "amount",
    "int_from_float": "int_type",
    "int_parsing": "int_type",
    "bool_parsing": "bool_type",
    "date_from_datetime_inexact": "date_type",
}
_SHOWN = 60


def shown(value: object) -> str:
    """A faulty value, cut to a readable length."""
    text = str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def sentence(kind: str, context: dict[str, Any]) -> tuple[str, str]:
    """The Chinese and the English sentence of one kind of fault."""
    kind = ALIASES.get(kind, kind)
    chinese, english = SENTENCES.get(
        kind, ("写法不对（%(kind)s），现为 %(input)s", "is malformed (%(kind)s): %(input)s")
    )
    values = {"kind": kind, "input": "", **context}
    return chinese % values, english % values
