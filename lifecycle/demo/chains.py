"""The district's chains with their people and nodes (方案三(一)2); the people are made up."""

from datetime import date
from random import Random

from chains import actions as chains
from chains.models import Chain
from lifecycle.demo.ideas import BATTERY, FOOD, MATERIALS
from lifecycle.demo.names import person
from lifecycle.demo.people import People

NODES = {
    MATERIALS: (
        ("up", "化工原料", "strong"), ("up", "矿产及能源", "fair"), ("mid", "聚酰胺及改性", "strong"),
        ("mid", "铝合金压延加工", "strong"), ("mid", "纤维及复合材料", "fair"), ("down", "功能材料", "weak"),
        ("down", "特种化学品应用", "missing"),
    ),
    BATTERY: (
        ("up", "正极材料", "fair"), ("up", "负极材料", "missing"), ("up", "隔膜", "weak"),
        ("up", "集流体", "strong"), ("mid", "电芯及模组", "fair"), ("down", "轻量化部件", "strong"),
        ("down", "回收利用", "weak"),
    ),
    FOOD: (
        ("up", "种植基地", "strong"), ("mid", "榨菜及蔬菜加工", "strong"), ("mid", "调味品", "fair"),
        ("mid", "饮料", "weak"), ("down", "预制菜", "weak"), ("down", "休闲食品", "fair"),
        ("down", "冷链物流", "missing"),
    ),
}  # fmt: skip
UNITS = {
    MATERIALS: ("economy-information", ("baitao-park", "planning-natural-resources", "ecology-environment")),
    BATTERY: ("economy-information", ("gaoxin-park", "development-reform", "transport")),
    FOOD: ("agriculture-rural", ("gaoxin-park", "commerce", "market-regulation")),
}
FOCUS = {
    MATERIALS: "做强铝合金和聚酰胺，补齐下游功能材料。",
    BATTERY: "补负极材料和隔膜，扩大轻量化部件配套。",
    FOOD: "以榨菜为龙头，发展预制菜和冷链。",
}


def lay_out(people: People, rng: Random, on: date) -> dict[tuple[str, str], int]:
    """Open the chains that the plan names, with posts and nodes; gives the nodes by chain and name."""
    chains.ensure_presets(on=on)
    generals = [(person(rng), "区委主要领导"), (person(rng), "区政府主要领导")]
    found: dict[tuple[str, str], int] = {}
    for chain in Chain.objects.filter(code__in=NODES).order_by("pk"):
        _fill_posts(chain, people, rng, generals, on)
        for place, (position, name, strength) in enumerate(NODES[chain.code]):
            node = chains.save_node(
                chain=chain,
                by=people["head"],
                on=on,
                position=position,
                name=name,
                strength=strength,
                order=place,
            )
            found[chain.code, name] = node.pk
    return found


def _fill_posts(chain: Chain, people: People, rng: Random, generals: list[tuple[str, str]], on: date) -> None:
    seats = ("district-party-committee", "district-government")
    lead, responsible = UNITS[chain.code]
    posts = [
        *[
            ("general_chain_head", seat, name, title)
            for seat, (name, title) in zip(seats, generals, strict=True)
        ],
        ("chain_head", seats[1], person(rng), "区领导"),
        ("chain_adviser", "", person(rng), "产业研究院研究员"),
        ("task_force", "investment-bureau", "", ""),
        ("chain_lead", lead, "", ""),
        *(("chain_responsible", code, "", "") for code in responsible),
    ]
    for part, unit, name, title in posts:
        chains.appoint(
            chain=chain,
            part=part,
            by=people["head"],
            on=on,
            unit=people.units[unit] if unit else None,
            person_name=name,
            title=title,
            note=f"{chain.name}招商专班；{FOCUS[chain.code]}" if part == "task_force" else "",
        )
