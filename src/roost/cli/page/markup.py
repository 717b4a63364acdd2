"""The words of HTML: elements with escaped texts, and the shell of a page."""

from __future__ import annotations

from html import escape

STYLE = """
:root { color-scheme: light dark; --ink: #1c2127; --dim: #5b6570; --line: #d5dae0; --back: #fbfbfa; --bad: #a8201a; --l: 84%; --s: 46% }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --dim: #9aa4ae; --line: #3a424b; --back: #16191d; --bad: #ff8a80; --l: 27%; --s: 32% }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 76rem; padding: 2rem 1.5rem 4rem; background: var(--back); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; overflow-wrap: anywhere }
h2 { font-size: 1.15rem; margin: 2.4rem 0 .6rem }
p, ul { margin: .3rem 0 }
a { color: inherit; text-decoration-color: var(--dim) }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere }
.dim { color: var(--dim) }
.bad { color: var(--bad) }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .6rem 0 }
.wide { overflow-x: auto }
svg { display: block; width: 100%; height: auto; border-radius: 4px }
svg rect { fill: hsl(var(--h) var(--s) var(--l)); stroke: var(--back); stroke-width: 2 }
svg rect.none { fill: var(--line) }
svg rect.part { fill: none; stroke-width: .7 }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; pointer-events: none }
svg text.size { fill: var(--dim); font-size: 11px }
table { border-collapse: collapse; width: 100%; font-size: .93rem }
th { text-align: left; font-weight: 600; color: var(--dim); border-bottom: 1px solid var(--line); padding: .3rem .8rem .3rem 0 }
td { vertical-align: top; border-bottom: 1px solid var(--line); padding: .35rem .8rem .35rem 0 }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tr:target td { background: color-mix(in srgb, var(--line) 50%, transparent) }
details { margin-left: 1.1rem }
summary { cursor: pointer; margin-left: -1.1rem }
.leaf { margin-left: 1.1rem }
"""


def tag(name: str, *inner: str, **attributes: object) -> str:
    """Write an element; inner texts are HTML already, attributes are escaped, `class_` is `class`, `_` becomes `-`."""
    words = [
        f'{key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    ]
    return f"<{' '.join([name, *words])}>{''.join(inner)}</{name}>"


def text(words: object) -> str:
    """Escape a text; what steers a terminal or turns the direction of writing is shown as its number."""
    shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in str(words))
    return escape(shown)


def code(sentence: str) -> str:
    """Write a sentence in which backticks mean code."""
    return "".join(
        tag("code", text(part)) if number % 2 else text(part) for number, part in enumerate(sentence.split("`"))
    )


def table(heads: tuple[str, ...], rows: list[str], *, numbers: tuple[int, ...] = ()) -> str:
    """Write a table; rows are `tr` elements."""
    cells = [tag("th", text(head), class_="number" if place in numbers else None) for place, head in enumerate(heads)]
    return tag("div", tag("table", tag("thead", tag("tr", *cells)), tag("tbody", *rows)), class_="wide")


def page(title: str, *body: str) -> str:
    """Write a whole page. It may load nothing and run nothing, which its policy says to the browser too."""
    head = (
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{text(title)}</title><style>{STYLE}</style>"
    )
    inner = "\n".join(body)
    return f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}</head>\n<body>\n{inner}\n</body>\n</html>\n'
