"""Lines of tables, keys and elements in any TOML text."""

import tomllib

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from andon.config.places import places


def test_places_are_found_through_strings_comments_and_nesting():
    text = '''# [not.a.table]
[a."b c"]   # with a dot
x = """
[[not.a.table]]
y = 1
"""
d.e = { f = [1, # one
  "]", { g = 'h # i' } ] }
[[t]]
k = 1
[t.u]
v = 2
[[t]]
[[t.w]]
"\\u0061" = 3
'''
    assert {
        p: n
        for p, n in places(text).items()
        if p
        in {
            ("a", "b c", "x"),
            ("a", "b c", "d", "e", "f", 0),
            ("a", "b c", "d", "e", "f", 1),
            ("a", "b c", "d", "e", "f", 2, "g"),
            ("t", 0, "k"),
            ("t", 0, "u", "v"),
            ("t", 1),
            ("t", 1, "w", 0, "a"),
        }
    } == {
        ("a", "b c", "x"): 3,
        ("a", "b c", "d", "e", "f", 0): 7,
        ("a", "b c", "d", "e", "f", 1): 8,
        ("a", "b c", "d", "e", "f", 2, "g"): 8,
        ("t", 0, "k"): 10,
        ("t", 0, "u", "v"): 12,
        ("t", 1): 13,
        ("t", 1, "w", 0, "a"): 15,
    }


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
values = st.recursive(
    st.integers(-9, 9) | st.booleans() | texts | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(texts, values, max_size=5))
def test_every_place_of_any_toml_has_a_line(data):
    text = tomlkit.dumps(data)
    found = places(text)
    assert set(_walk(tomllib.loads(text), ())) <= set(found)
    assert all(1 <= n <= text.count("\n") + 1 for n in found.values())


def _walk(value: object, at: tuple[str | int, ...]):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*at, key)
        yield from _walk(inner, (*at, key))
