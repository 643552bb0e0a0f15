"""Measures the product and prints one table: `make bench`.

usage: python -m tests.bench.run [--quick] [--nation] [--passages N] [--data DIR]

Everything runs on loopback on this machine, each number of calls is fixed beforehand, and figures that can be compared
are compared within the run. A whole run also puts its table into docs/performance.md; --quick does fewer of everything
and only prints. --nation adds the nation's whole size to its hundredth part, with no more than N passages: an index of
all 200,000 takes more than 13 GB while it is built, and longer than `medichain up` waits.
"""

from __future__ import annotations

import argparse
import datetime
import os
import pathlib
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import uvloop

from services.clinic.service import build as build_clinic
from services.drug.service import build as build_drug
from services.knowledge.service import build as build_knowledge
from services.mesh import telemetry
from services.mesh.host import Host
from services.mesh.settings import Settings
from tests.bench import account, lookups, models, nation, questions, read_path, records, tokens
from tests.bench.figures import Figure, markdown
from tests.bench.product import Product, command, running

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
ROOTS = {"drug": build_drug, "clinic": build_clinic, "knowledge": build_knowledge}
START_AIM_S, MEMORY_AIM_MIB = 8.0, 900
PASSAGES = 20_000


@dataclass(frozen=True, slots=True)
class Amount:
    """How many of everything."""

    rounds: int
    calls: int
    times: int
    lookups: int


WHOLE, QUICK = Amount(rounds=7, calls=1500, times=10, lookups=400), Amount(rounds=3, calls=300, times=2, lookups=60)


async def sample(data: pathlib.Path, amount: Amount) -> list[Figure]:
    """Starts, memory, questions, read path and look-ups over the data the product ships with."""
    folder = data / "sample"
    shutil.rmtree(folder, ignore_errors=True)
    figures = []
    async with running(folder) as product:
        figures.append(Figure("start", "first start, data taken in and index built", f"{product.ready_seconds:.1f} s"))
    async with running(folder) as product:
        took = product.ready_seconds
        again = Figure(
            "start", "start with prepared data", f"{took:.1f} s", "", f"≤ {START_AIM_S:g} s", took <= START_AIM_S
        )
        figures += [again, memory(product, "sample, when ready", MEMORY_AIM_MIB)]
        figures += await questions.measure(product.port, amount.times)
        figures += await read_path.measure(product.host, product.port, amount.rounds, amount.calls)
        asked = await lookups.kinds(product.host, amount.lookups)
        found, medians = await lookups.over_grpc(product.host, "look-ups, sample", asked)
        figures += [*found, memory(product, "sample, after all of the above", MEMORY_AIM_MIB)]
    return figures + await alone(folder, "look-ups, sample", asked, medians)


async def synthetic(data: pathlib.Path, factor: float, passages: int, amount: Amount) -> list[Figure]:
    """Look-ups and memory over synthetic exports of ``factor`` times the nation's size, ``passages`` at most."""
    whole = nation.Size.of(factor)
    size = replace(whole, passages=min(whole.passages, passages))
    folder, name = data / f"nation-{factor:g}", f"{factor:.0%} of the nation, {size.passages:,} passages"
    prepared = await prepare(folder, size, name)
    async with running(folder) as product:
        first = Figure(name, "first start, index built", f"{product.ready_seconds:.1f} s")
    async with running(folder) as product:
        figures = [*prepared, first, Figure(name, "start with prepared data", f"{product.ready_seconds:.1f} s")]
        asked = await lookups.kinds(product.host, amount.lookups)
        found, medians = await lookups.over_grpc(product.host, f"look-ups, {name}", asked)
        figures += [*found, memory(product, name)]
    return figures + await alone(folder, f"look-ups, {name}", asked, medians)


async def people() -> list[Figure]:
    """Accounts, tokens and records, over real servers."""
    return [*await account.measure(), *await tokens.measure(), await tokens.revoked(), *await records.measure()]


async def prepare(folder: pathlib.Path, size: nation.Size, name: str) -> list[Figure]:
    """Writes the exports anew and takes them in with the product's own command."""
    shutil.rmtree(folder, ignore_errors=True)
    exports = folder / "exports"
    for _ in nation.write(exports, size):
        pass
    rows = {
        "drug": size.medicines + size.medicines // 3 + size.dur,
        "clinic": size.hospitals + size.pharmacies,
        "knowledge": size.passages,
    }
    figures = []
    for service, count in rows.items():
        seconds = await command(folder, "ingest", service, "--folder", str(exports / service))
        figures.append(Figure(name, f"ingest {service}: {count:,} rows", f"{seconds:.1f} s ({count / seconds:,.0f}/s)"))
    shutil.rmtree(exports)
    return figures


async def alone(folder: pathlib.Path, group: str, asked: list[lookups.Kind], medians: dict[str, float]) -> list[Figure]:
    """The look-ups without the wire, while the product is not running."""
    host = Host.named("bench", Settings(data_dir=folder))
    try:
        return await lookups.in_process(host, group, asked, ROOTS, medians)
    finally:
        await host.mesh.close()


def memory(product: Product, when: str, aim: int | None = None) -> Figure:
    """Memory of all processes together."""
    parts = product.memory()
    total = sum(parts.values())
    listed = ", ".join(f"{name} {size}" for name, size in sorted(parts.items(), key=lambda part: -part[1]))
    aimed = (f"≤ {aim} MiB", total <= aim) if aim else ("", None)
    return Figure("memory (PSS, MiB)", when, f"{total:,} MiB ({listed})", "", *aimed)


def conditions(arguments: argparse.Namespace, load: float) -> Iterator[str]:
    """What the figures hold for."""
    cpu = next(line for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name"))
    given = " ".join(word for word, is_set in (("--quick", arguments.quick), ("--nation", arguments.nation)) if is_set)
    yield f"`python -m tests.bench.run {given}".rstrip() + f"` on {datetime.date.today().isoformat()}: "
    yield f"{os.cpu_count()} × {cpu.partition(': ')[2]}, {platform.system()}, Python {platform.python_version()}; "
    yield f"load average {load:.2f} before the run, {os.getloadavg()[0]:.2f} after it, its own part included."


def write_document(said: str, table: str) -> None:
    """Puts the table between the marks of docs/performance.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, tail = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    DOCUMENT.write_text(f"{head}\n{said}\n\n{table}\n{tail}", encoding="utf-8")


async def measure(arguments: argparse.Namespace) -> list[Figure]:
    amount = QUICK if arguments.quick else WHOLE
    figures = await sample(arguments.data, amount)
    for factor in (0.01, 1.0) if arguments.nation else (0.01,):
        figures += await synthetic(arguments.data, factor, arguments.passages, amount)
    figures += await people()
    shutil.rmtree(arguments.data / "models", ignore_errors=True)
    figures += await models.measure(arguments.data / "models", models.QUICK if arguments.quick else models.WHOLE)
    return sorted(figures, key=lambda figure: [one.group for one in figures].index(figure.group))


def main() -> int:
    reader = argparse.ArgumentParser(prog="python -m tests.bench.run", description="measures the product")
    reader.add_argument("--quick", action="store_true", help="fewer of everything; prints only")
    reader.add_argument("--nation", action="store_true", help="the nation's whole size as well")
    reader.add_argument("--passages", type=int, default=PASSAGES, help="most passages to index")
    reader.add_argument("--data", type=pathlib.Path, default=ROOT / "var" / "bench")
    arguments = reader.parse_args()
    load = os.getloadavg()[0]
    telemetry.configure("ERROR")
    figures = uvloop.run(measure(arguments))
    said, table = "".join(conditions(arguments, load)), markdown(figures)
    print(f"{said}\n\n{table}")
    if not arguments.quick:
        write_document(said, table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
