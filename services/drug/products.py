"""From what a person wrote to the medicines it means: readings of names, met with the products on the shelf."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.drug.forms import acts_locally
from services.drug.lexicon import Meaning
from services.drug.names import key, strength
from services.drug.profile_cues import cues
from services.drug.register import Register
from services.drug.resolver import Resolver
from services.drug.rules import Item
from services.drug.shelf import NamedProduct

_KINDS = ("item", "product", "brand", "alias")
_FOR_A_PLACE = re.compile("안약|점안|눈에|연고|크림|겔|로션|바르|발라|뿌리|스프레이|파스|붙이|질정|패치|네일")
_CHILDREN_S = re.compile("^어린이|키즈|시럽|현탁")
# A reading that fits several products of different ingredients is this much less sure.
_SEVERAL = 0.7


class Products:
    """Resolves names against the lexicon and the shelf."""

    def __init__(self, register: Register) -> None:
        self._register = register

    @property
    def resolver(self) -> Resolver:
        return self._register.known.resolver

    def named(self, names: Sequence[str], *, taken: bool = False) -> list[Item | None]:
        """What each typed name means, in order; None for a name that is not known."""
        readings = [(name, self.resolver.understand(name)) for name in names]
        return self._items(readings, " ".join(names) if len(names) == 1 else "", taken)

    def mentioned(self, question: str) -> list[Item]:
        """The medicines a free question names, in its order."""
        readings = [(mention.text, mention.meaning) for mention in self.resolver.mentions(question)]
        found = self._items(readings, question, taken=False)
        return list({(item.item_seq, item.ingredients): item for item in found if item}.values())

    def _items(self, readings: Sequence[tuple[str, Meaning | None]], around: str, taken: bool) -> list[Item | None]:
        brands = {name for _, meaning in readings if meaning and meaning.kind == "brand" for name in meaning.keys}
        brands |= {key(text) for text, meaning in readings if meaning and meaning.kind == "brand"}
        numbers = {name for _, meaning in readings if meaning and meaning.kind == "item" for name in meaning.keys}
        products = self._register.known.shelf.named(brands, numbers)
        return [self._item(text, meaning, products, f"{text} {around}", taken) for text, meaning in readings]

    def _item(
        self, text: str, meaning: Meaning | None, products: Sequence[NamedProduct], around: str, taken: bool
    ) -> Item | None:
        if meaning is None:
            return None
        if meaning.kind == "ingredient":
            name = meaning.keys[0]
            return Item(text, name, (name,), kind="ingredient", confidence=meaning.confidence, taken=taken)
        if meaning.kind == "class":
            lay = self.resolver.lexicon.lay_class(meaning.keys[0])
            return Item(text, lay.name, lay.ingredients, kind="class", confidence=meaning.confidence, taken=taken)
        return _product(text, meaning, products, around, taken)


def _product(text: str, meaning: Meaning, products: Iterable[NamedProduct], around: str, taken: bool) -> Item | None:
    keys = {*meaning.keys, key(text)}
    fitting = [product for product in products if product.key in keys]
    if not fitting:
        return None
    sought = _Sought(strength(around), bool(_FOR_A_PLACE.search(around)), cues(around).child)
    best = min(fitting, key=lambda product: _rank(product, sought))
    rivals = {product.ingredients for product in fitting if product.kind == best.kind and not product.cancelled}
    confidence = meaning.confidence * (_SEVERAL if len(rivals) > 1 else 1.0)
    return Item(
        text, best.name, best.ingredients, best.item_seq, best.form, confidence=round(confidence, 2), taken=taken
    )


@dataclass(frozen=True, slots=True)
class _Sought:
    """What the words around a name say of the product meant: its strength or "", its use on a place, for a child."""

    strength: str
    for_a_place: bool
    for_a_child: bool


def _rank(product: NamedProduct, sought: _Sought) -> tuple[bool, bool, int, bool, bool, str]:
    """The product meant comes first: sold, for the age, named most exactly, of the strength and place spoken of."""
    return (
        product.cancelled,
        product.kind in ("brand", "alias") and sought.for_a_child and not _CHILDREN_S.search(product.name),
        _KINDS.index(product.kind),
        bool(sought.strength) and sought.strength not in key(product.name),
        acts_locally(product.form, product.name) != sought.for_a_place,
        product.item_seq,
    )
