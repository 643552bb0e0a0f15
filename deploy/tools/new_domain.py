"""Makes a new medical domain: its contract, its folder with sample data, its tests, its place among the layers.

usage: python deploy/tools/new_domain.py NAME        (or: make new-domain NAME=dental)

NAME is snake_case. Nothing that exists is overwritten; when something stands in the way, nothing is written at all.
What comes out serves, answers Consult and passes its tests once gen/ is made anew (`make generate`, which
`make new-domain` does); it is asked once MEDICHAIN_SPECIALISTS names it.
"""

from __future__ import annotations

import keyword
import pathlib
import re
import sys
from datetime import UTC, datetime
from string import Template

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATES = pathlib.Path(__file__).parent / "templates" / "domain"
CONTRACT = "protos/medichain/specialist/v1/specialist.proto"
LAYERS = "pyproject.toml"
MOST_LETTERS = 30
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")
# Words that mean something else to the command line or to a contract.
_RESERVED = frozenset({"edge", "services", "unspecified", "buf", "google", "test", "tests", "v1"})
_ENUM = re.compile(r"enum Domain \{\n(.*?)\n\}", re.DOTALL)
_DOMAINS_LAYER = re.compile(r'(?m)^(  "services\.account \|[^"]*)"')
_FORBIDDEN_TO_THE_EDGE = re.compile(r'(?s)(forbidden_modules = \[.*?)(\s*"services\.specialist")')


class Refused(ValueError):
    """Why there can be no such domain."""


def refuse_name(root: pathlib.Path, name: str) -> None:
    """Raises :class:`Refused` unless a domain may be called ``name``."""
    if not _NAME.fullmatch(name) or len(name) > MOST_LETTERS:
        raise Refused(f"a domain's name is snake_case, 1 to {MOST_LETTERS} letters, for example: dental, eye_care")
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in _RESERVED:
        raise Refused(f"{name} means something else here; choose another name")
    for taken in (f"services/{name}", f"protos/medichain/{name}"):
        if (root / taken).exists():
            raise Refused(f"{taken} exists already")
    if f"DOMAIN_{name.upper()} " in (root / CONTRACT).read_text(encoding="utf-8"):
        raise Refused(f"{CONTRACT} knows DOMAIN_{name.upper()} already")


def files_of(name: str) -> dict[str, str]:
    """The new files by path, with their content."""
    folder, camel = f"services/{name}", "".join(part.title() for part in name.split("_"))
    values = {
        "name": name,
        "Name": camel,
        "camel": camel[0].lower() + camel[1:],
        "words": name.replace("_", " "),
        "today": datetime.now(UTC).date().isoformat(),
    }
    made = {
        f"protos/medichain/{name}/v1/{name}.proto": "contract.proto",
        f"{folder}/service.py": "service.py",
        f"{folder}/servicer.py": "servicer.py",
        f"{folder}/consult.py": "consult.py",
        f"{folder}/topics.py": "topics.py",
        f"{folder}/data/topics.json": "topics.json",
        f"tests/unit/{name}/test_{name}_topics.py": "test_topics.py",
        f"tests/contract/test_{name}_servicer.py": "test_servicer.py",
    }
    texts = {path: _filled(template, values) for path, template in made.items()}
    return {f"{folder}/__init__.py": f'"""The {values["words"]} domain."""\n', **texts}


def with_domain(contract: str, name: str) -> str:
    """The specialists' contract with one more value in its Domain enum, numbered after the highest."""
    enum = _ENUM.search(contract)
    if enum is None:
        raise Refused(f"{CONTRACT} has no enum Domain")
    value = f"DOMAIN_{name.upper()}"
    number = max(int(found) for found in re.findall(r"= (\d+);", enum[1])) + 1
    added = f"\n  // {value} is about {name.replace('_', ' ')}.\n  {value} = {number};"
    return contract[: enum.end(1)] + added + contract[enum.end(1) :]


def with_layer(layers: str, name: str) -> str:
    """The import rules with the domain among the domains, and out of the edge's reach."""
    beside, count = _DOMAINS_LAYER.subn(rf'\1 | services.{name}"', layers)
    kept_out, also = _FORBIDDEN_TO_THE_EDGE.subn(rf'\1 "services.{name}",\2', beside, count=1)
    if count != 1 or also != 1:
        raise Refused(f"{LAYERS} does not list the domains where they were expected")
    return kept_out


def make(root: pathlib.Path, name: str) -> list[str]:
    """Writes the domain and returns the paths written. Raises :class:`Refused` before anything is."""
    refuse_name(root, name)
    changed = {
        CONTRACT: with_domain((root / CONTRACT).read_text(encoding="utf-8"), name),
        LAYERS: with_layer((root / LAYERS).read_text(encoding="utf-8"), name),
    }
    fresh = files_of(name)
    standing = [path for path in fresh if (root / path).exists()]
    if standing:
        raise Refused(f"{standing[0]} exists already")
    for path, text in {**fresh, **changed}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return [*fresh, *changed]


def specialists(root: pathlib.Path, name: str) -> str:
    """The configuration line that has the orchestrator ask the new domain beside the default ones."""
    settings = (root / "services" / "mesh" / "settings.py").read_text(encoding="utf-8")
    default = re.search(r'specialists: str = "([^"]+)"', settings)
    return f"MEDICHAIN_SPECIALISTS={default[1] if default else ''},{name}"


def _filled(template: str, values: dict[str, str]) -> str:
    return Template((TEMPLATES / f"{template}.tmpl").read_text(encoding="utf-8")).substitute(values)


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] in ("", "-h", "--help"):
        print("usage: make new-domain NAME=dental")
        return 2
    try:
        written = make(ROOT, sys.argv[1])
        line = specialists(ROOT, sys.argv[1])
    except Refused as refused:
        print(f"new-domain: {refused}")
        return 1
    print("\n".join(written))
    print(f"\nNext: make generate (make new-domain does it), then have it asked with this line in .env:\n{line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
