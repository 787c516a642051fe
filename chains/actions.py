"""All writes to chains: opening them, filling posts, keeping nodes. ``on`` is the date in Asia/Shanghai."""

from datetime import date, timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.access import require
from accounts.models import Unit, User
from accounts.roles import Can
from cases.actions import assign_part, end_part, open_case, record, take_numbers
from cases.models import CaseKind
from chains.models import Chain, Node, Position, Post, Strength
from kernel.refusals import Refused
from policies.rulebook import current, rulebook
from policies.schema import PartKind

__all__ = ["appoint", "end_post", "ensure_presets", "open_chain", "remove_node", "save_node"]

POSTS = (
    "general_chain_head",
    "chain_head",
    "chain_adviser",
    "task_force",
    "chain_lead",
    "chain_responsible",
)
# 区委区政府主要领导担任总链长 (三(一)2): the Party secretary and the head of government, two persons.
GENERAL_HEADS = 2


@transaction.atomic
def ensure_presets(*, on: date, by: User | None = None) -> list[Chain]:
    """Open the chains that the plans in force name, unless they are there; returns the new ones.

    Safe to run again. Raises Refused when no policy is in force.
    """
    _set, rules = current(on)
    known = set(Chain.objects.values_list("code", flat=True))
    wanted = [preset for preset in rules.chains if preset.code not in known]
    return [
        _open(code=preset.code, name=preset.name, clause=preset.clause, on=on, by=by) for preset in wanted
    ]


@transaction.atomic
def open_chain(*, name: str, by: User, on: date, code: str = "", focus: str = "") -> Chain:
    """Open a chain that no plan names (the plan's list is open: “等产业”).

    Raises Refused: forbidden; invalid without a name or with a code in use.
    """
    require(by, Can.EDIT_CHAINS)
    if not name.strip():
        raise Refused.invalid("name", _("请填写产业链名称"))
    code = code.strip() or slugify(name) or f"chain-{on:%Y%m%d}-{Chain.objects.count() + 1}"
    if Chain.objects.filter(models.Q(code=code) | models.Q(name=name.strip())).exists():
        raise Refused.invalid("name", _("已有同名或同代码的产业链"))
    return _open(code=code, name=name.strip(), on=on, by=by, focus=focus.strip())


def _open(*, code: str, name: str, on: date, by: User | None, clause: str = "", focus: str = "") -> Chain:
    policy_set, _rules = current(on)
    number = take_numbers(f"{settings.DIVISION}-chain")[0]
    case = open_case(
        kind=CaseKind.CHAIN,
        code=f"{settings.DIVISION}-L{number:03d}",
        title=name,
        division=settings.DIVISION,
        policy_set=policy_set,
        on=on,
    )
    row = Chain(case=case, code=code, name=name, clause=clause, focus=focus, began_on=on)
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    record(case=case, kind="chain.opened", by=by, on=on, data={"name": name, "clause": clause})
    return row


@transaction.atomic
def appoint(
    *,
    chain: Chain,
    part: str,
    by: User,
    on: date,
    unit: Unit | None = None,
    user: User | None = None,
    person_name: str = "",
    title: str = "",
    note: str = "",
) -> Post:
    """Fill a post. One that is exclusive by the plan passes: its holder ends the day before.

    Raises Refused: forbidden; invalid for a post the plan does not know, nobody named, a unit of the
    wrong kind, a third general head, or a day before the present holder began.
    """
    row = _lock(chain, by)
    rule = _rule(row, part)
    person_name = person_name.strip() or (user.name if user else "")
    _check_holder(rule, unit, person_name)
    _make_room(row, rule, by, on)
    post = Post(
        chain=row, part=part, unit=unit, user=user, person_name=person_name, title=title.strip(),
        note=note.strip(), exclusive=rule.exclusive, order=POSTS.index(part), valid_from=on,
    )  # fmt: skip
    if unit:
        post.seat = assign_part(case=row.case, unit=unit, user=user, part=part, by=by, on=on, event=False)
    _save(post, by, _("“%(name)s”刚刚已由他人任命，请刷新后再办") % {"name": rule.name})
    data = {"post": rule.name, "holder": post.holder, "clause": rule.clause}
    record(case=row.case, kind="chain.appointed", by=by, on=on, data=data)
    return post


@transaction.atomic
def end_post(*, post: Post, by: User, on: date, reason: str) -> Post:
    """End a post on a day. Raises Refused: forbidden; invalid day or no reason; conflict when ended."""
    chain = _lock(post.chain, by)
    row = Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
    if not reason.strip():
        raise Refused.invalid("reason", _("请填写原因"))
    if row.valid_to is not None:
        raise Refused.conflict(_("该职务已于 %(day)s 终止") % {"day": row.valid_to})
    if on < row.valid_from:
        raise Refused.invalid("on", _("终止日期不能早于起始日期 %(day)s") % {"day": row.valid_from})
    _end(row, on, by, reason.strip())
    data = {"post": _rule(chain, row.part).name, "holder": row.holder, "reason": reason.strip()}
    record(case=chain.case, kind="chain.post_ended", by=by, on=on, data=data)
    return row


@transaction.atomic
def save_node(
    *,
    chain: Chain,
    by: User,
    on: date,
    position: str,
    name: str,
    node: Node | None = None,
    strength: str = Strength.FAIR,
    note: str = "",
    order: int = 0,
) -> Node:
    """Add a node, or change one. Raises Refused: forbidden; invalid words; a name the chain has already."""
    locked = _lock(chain, by)
    if position not in Position.values or strength not in Strength.values:
        raise Refused.invalid("position", _("未知的环节或现状"))
    if not name.strip():
        raise Refused.invalid("name", _("请填写节点名称"))
    if node is not None and node.chain_id != chain.pk:
        raise Refused.invalid("node", _("该节点不属于本产业链"))
    kind = "chain.node_changed" if node else "chain.node_added"
    row = node or Node(chain=locked)
    row.position, row.name, row.strength = position, name.strip(), strength
    row.note, row.order = note.strip(), order
    _save(row, by, _("本产业链已有节点“%(name)s”") % {"name": row.name})
    data = {"node": row.name, "position": Position(position).label, "strength": Strength(strength).label}
    record(case=locked.case, kind=kind, by=by, on=on, data=data)
    return row


@transaction.atomic
def remove_node(*, node: Node, by: User, on: date) -> None:
    """Take a node out that nothing hangs on. Raises Refused (unmet) when projects belong to it."""
    chain = _lock(node.chain, by)
    name = node.name
    try:
        with transaction.atomic():
            node.delete()
    except models.ProtectedError as error:
        message = _("节点“%(name)s”下还有项目，请先移出") % {"name": name}
        raise Refused.because("node_in_use", message) from error
    record(case=chain.case, kind="chain.node_removed", by=by, on=on, data={"node": name})


def _lock(chain: Chain, by: User) -> Chain:
    require(by, Can.EDIT_CHAINS)
    if not Chain.objects.visible_to(by).filter(pk=chain.pk).exists():
        raise Refused.forbidden(_("您看不到该产业链"), code="not_visible")
    return Chain.objects.select_for_update(of=("self",)).select_related("case").get(pk=chain.pk)


def _rule(chain: Chain, part: str) -> PartKind:
    rules = rulebook(chain.case.policy_set_id)
    if part not in POSTS or part not in rules.parts:
        raise Refused.invalid("part", _("制度中没有产业链职务“%(part)s”") % {"part": part})
    return rules.part(part)


def _check_holder(rule: PartKind, unit: Unit | None, person_name: str) -> None:
    if not (unit or person_name):
        raise Refused.invalid("person_name", _("请填写姓名或选择单位"))
    if rule.person and not person_name:
        message = _("“%(part)s”须落实到人") % {"part": rule.name}
        raise Refused.because("person", message, clause=rule.clause, field="person_name", status="invalid")
    if unit and rule.kinds and unit.kind not in rule.kinds:
        message = _("%(unit)s不能担任“%(part)s”") % {"unit": unit.name, "part": rule.name}
        raise Refused.because("wrong_kind", message, clause=rule.clause, field="unit", status="invalid")


def _make_room(chain: Chain, rule: PartKind, by: User, on: date) -> None:
    held = list(Post.objects.filter(chain=chain, part=rule.code, valid_to__isnull=True))
    if rule.code == "general_chain_head" and len(held) >= GENERAL_HEADS:
        message = _("总链长由区委、区政府主要领导两人担任，请先终止一人")
        raise Refused.because("two_general_heads", message, clause=rule.clause, status="conflict")
    if not rule.exclusive:
        return
    for post in held:
        if on <= post.valid_from:
            message = _("接任日期应晚于现任起始日期 %(day)s") % {"day": post.valid_from}
            raise Refused.invalid("on", message)
        _end(post, on - timedelta(days=1), by, _("由他人接任"))


def _end(post: Post, on: date, by: User, reason: str) -> None:
    post.valid_to = on
    _save(post, by, "")
    seat = post.seat
    others = Post.objects.filter(seat=seat, valid_to__isnull=True) if seat else None
    if seat is not None and seat.valid_to is None and others is not None and not others.exists():
        end_part(part=seat, by=by, on=max(on, seat.valid_from), reason=reason)


def _save(row: Chain | Node | Post, by: User, clash: str) -> None:
    row._history_user = by  # type: ignore[union-attr]
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused.conflict(clash) from error
