"""Do the characteristics of a well-formed plant.toml make sense: places, products, limits, rules?"""

from collections import Counter
from collections.abc import Iterator

from .alarm_build import is_at
from .characteristics import CharacteristicTable, Wrong, wrong
from .draft import Draft
from .kinds import nearest
from .mistakes import Finding


def characteristics(draft: Draft) -> Iterator[Finding]:
    """Whatever is wrong with a characteristic; a warning where a watched one says nothing about what to do."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for row, written in enumerate(draft.file.characteristic):
        found = [*_place(draft, written), *_product(draft, written), *wrong(written), *_twice(draft, written, seen)]
        for key, said in found:
            yield Finding(draft.place("characteristic", row, *key), f"Characteristic '{written.test}': {said}")
        if written.watch and not written.reaction and not found:
            said = "its chart is watched, and nobody says what to do about a signal: give it a `reaction`."
            yield Finding(draft.place("characteristic", row), f"Characteristic '{written.test}': {said}", warning=True)


def _place(draft: Draft, written: CharacteristicTable) -> Iterator[Wrong]:
    machines = draft.file.machine
    if len(machines) != len(draft.names("machine", "path")):
        return
    known = {m.path for m in machines} | {m.area for m in machines if m.area}
    known |= {m.path.rpartition("/")[0] for m in machines if "/" in m.path}
    for place in written.places:
        if not any(is_at(m, [place]) for m in machines):
            yield ("machine",), f"there is no machine, line or area {place!r}. {nearest(place, known)}"


def _product(draft: Draft, written: CharacteristicTable) -> Iterator[Wrong]:
    """Where products are described, it is one of them."""
    known = draft.names("product")
    if written.product and known and written.product not in known:
        yield ("product",), f"there is no product {written.product!r}. {nearest(written.product, known)}"


def _twice(draft: Draft, written: CharacteristicTable, seen: Counter[tuple[str, str, str]]) -> Iterator[Wrong]:
    """Two specifications of one test and product at one machine."""
    keys = [(m.path, written.test, written.product) for m in draft.file.machine if is_at(m, written.places)]
    again = next((k for k in keys if seen[k]), None)
    seen.update(keys)
    if again is not None:
        of = f" for product {written.product!r}" if written.product else ""
        yield ("test",), f"there are two of it{of} at {again[0]}. Keep one."
