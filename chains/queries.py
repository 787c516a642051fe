"""Reads of chains: cards with their posts, one chain in full."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from accounts.models import User
from chains import slots
from chains.actions import POSTS
from chains.models import Chain, ChainQuerySet, Node, Position, Post
from policies.rulebook import Rulebook, rulebook
from policies.schema import PartKind


@dataclass(slots=True)
class Seat:
    """A post of the plan with those who hold it now; ``missing``: it wants somebody and has nobody."""

    rule: PartKind
    holders: list[Post] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        return not self.holders


@dataclass(slots=True)
class Card:
    chain: Chain
    seats: dict[str, Seat]
    nodes: dict[str, int]
    counts: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _label, number in self.counts)


def _open_posts() -> Prefetch:
    rows = Post.objects.filter(valid_to__isnull=True).select_related("unit", "user")
    return Prefetch("posts", rows, to_attr="open_posts")


def seats(chain: Any) -> dict[str, Seat]:
    """The posts in the order of the plan, from ``open_posts``."""
    rules: Rulebook = rulebook(chain.case.policy_set_id)
    found = {code: Seat(rules.part(code)) for code in POSTS if code in rules.parts}
    for post in chain.open_posts:
        if post.part in found:
            found[post.part].holders.append(post)
    return found


def cards(user: User) -> list[Card]:
    """Every chain in force that the user sees; four queries however many there are."""
    chains = list(in_full(user).active())
    numbers = slots.counts(user, [chain.pk for chain in chains])
    return [Card(chain, seats(chain), _strengths(chain), numbers.get(chain.pk, [])) for chain in chains]


def _strengths(chain: Chain) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for node in chain.nodes.all():
        found[node.strength] += 1
    return dict(found)


def in_full(user: User) -> ChainQuerySet:
    """The chains a user sees with their open posts and nodes."""
    rows: ChainQuerySet = Chain.objects.visible_to(user).select_related("case")
    return rows.prefetch_related(_open_posts(), "nodes")


def one(user: User, code: str) -> Chain | None:
    return in_full(user).filter(code=code).first()


def columns(chain: Chain) -> list[tuple[str, list[Node]]]:
    """Nodes up, mid and down the stream."""
    nodes = list(chain.nodes.all())
    return [(str(position.label), [n for n in nodes if n.position == position]) for position in Position]
