"""Shows where every service is and whether it answers, and how much data there is."""

from __future__ import annotations

import asyncio

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from services.cli import vectors
from services.llm.choice import problems
from services.llm.models import Models
from services.mesh.settings import Settings
from services.storage.engine import open_engine, reference_url
from services.storage.tables import reference as tables

COUNTED = {
    "medicines": tables.drug_information,
    "DUR rules": tables.dur_rule,
    "facilities": tables.hospital_information,
    "emergency rooms": tables.emergency_room,
    "knowledge passages": tables.knowledge_passage,
}

console = Console(soft_wrap=True)


def run(settings: Settings) -> int:
    """Returns 0 when every service answers, else 1."""
    states = asyncio.run(_states(settings))
    table = Table("service", "address", "health")
    for name, (address, state) in states.items():
        table.add_row(name, address.removeprefix("dns:///"), state)
    console.print(table)
    console.print(f"edge: {settings.running().get('edge', 'not started by `up`')}")
    console.print(f"data: {settings.data_dir}")
    for line in asyncio.run(_writers(settings)):
        console.print(line, markup=False)
    for line in asyncio.run(vectors.told(settings)):
        console.print(line, markup=False)
    for name, count in asyncio.run(_counts(settings)).items():
        console.print(f"  {name}: {count}")
    return 0 if all(state == "SERVING" for _, state in states.values()) else 1


async def _writers(settings: Settings) -> list[str]:
    """Who writes answers, asked now, and what is wrong with the settings."""
    models = Models(settings)
    try:
        found = await models.health()
    finally:
        await models.close()
    shown = [
        f"  {one.provider} {one.model} at {one.host} ({', '.join(one.roles)}; {', '.join(one.capabilities)}): "
        f"{one.failure.value if one.failure else 'ready'}"
        for one in found
    ]
    return ["answers by:", *(shown or ["  extractive (no model)"]), *(f"  {problem}" for problem in problems(settings))]


async def _states(settings: Settings) -> dict[str, tuple[str, str]]:
    addresses = {name: settings.address(name) for name in settings.services}
    states = await asyncio.gather(*(_state(address) for address in addresses.values()))
    return {name: (address, state) for (name, address), state in zip(addresses.items(), states, strict=True)}


async def _state(address: str) -> str:
    async with grpc.aio.insecure_channel(address) as channel:
        try:
            answer = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=2)
        except grpc.aio.AioRpcError as error:
            return str(error.code().name)
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))


async def _counts(settings: Settings) -> dict[str, str]:
    engine = open_engine(reference_url(settings))
    try:
        async with engine.connect() as connection:
            return {
                name: f"{await connection.scalar(select(func.count()).select_from(table)):,}"
                for name, table in COUNTED.items()
            }
    except SQLAlchemyError as problem:
        return {"reference database": f"not readable ({type(problem).__name__})"}
    finally:
        await engine.dispose()
