"""Runs a deployment with the generated code that PYTHONPATH names, and prints what callers see as JSON.

usage: python tests/integration/contract_probe.py FOLDER
"""

import asyncio
import json
import pathlib
import sys

import medichain
from medichain.drug.v1 import drug_pb2
from services.mesh.errors import CallFailed
from services.mesh.host import Host
from tests.unit.gateway_rest.fake_mesh import calling, deployed


async def seen(deployment):
    async with calling(deployment.app) as client:
        flaky = await client.get("/v1/drugs?query=flaky")
        attempts = len(deployment.servicers["drug"].calls)
        named = await client.get("/v1/drugs", params={"query": "타이레놀"})
        moved = await client.get("/v1/medicines", params={"query": "타이레놀"})
        late = await client.post("/v1/conversations:ask", json={"question": "late"}, headers={"grpc-timeout": "1S"})
    return {
        "gen": str(pathlib.Path(medichain.__path__[0]).parent),
        "flaky": [flaky.status_code, attempts],
        "named": [named.status_code, [detail["field"] for detail in named.json().get("details", [])]],
        "moved": moved.status_code,
        "late": [late.status_code, late.elapsed.total_seconds() < 0.9],
        "inside": await inside(deployment),
    }


async def inside(deployment):
    """What another service gets for the same RPC."""
    mesh = Host.named("chatbot", deployment.settings).mesh
    client = mesh.client(drug_pb2.DESCRIPTOR.services_by_name["DrugService"])
    try:
        await client.SearchDrugs(drug_pb2.SearchDrugsRequest(query="타이레놀"))
    except CallFailed as failed:
        return failed.reason.name
    finally:
        await mesh.close()
    return "OK"


async def main():
    async with deployed(pathlib.Path(sys.argv[1])) as deployment:
        print(json.dumps(await seen(deployment)))


if __name__ == "__main__":
    asyncio.run(main())
