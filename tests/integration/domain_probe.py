"""Asks a domain that is being served for everything the platform wants of it, and prints what it answers as JSON.

usage: python -m tests.integration.domain_probe NAME QUESTION       its address in MEDICHAIN_<NAME>_ADDR
"""

import asyncio
import json
import sys

import grpc
import httpx
from grpc_health.v1 import health_pb2, health_pb2_grpc

import services
from gateway_rest.app import create_app
from medichain.specialist.v1 import specialist_pb2
from services.chatbot.routing import consulted
from services.chatbot.specialists import Specialists
from services.mesh.host import Host
from services.mesh.settings import settings

READY_SECONDS = 20
ELSEWHERE = "타이레놀 하루에 몇 알 먹어요?"


async def ready(address):
    async with grpc.aio.insecure_channel(address) as channel:
        check = health_pb2_grpc.HealthStub(channel).Check
        answer = await check(health_pb2.HealthCheckRequest(), wait_for_ready=True, timeout=READY_SECONDS)
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


async def over_rest(host, path, query):
    transport = httpx.ASGITransport(create_app(settings(), host))
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        found, refused = await client.get(path, params={"query": query}), await client.get(path, params={"query": ""})
    return [found.status_code, found.json(), refused.status_code, refused.json()["details"][0]["field"]]


async def asked(host, question):
    """What the orchestrator gets for a question that category calls out of scope: text of each domain that is asked."""
    specialists = Specialists(host.mesh, settings().specialists.split(","))
    domains = consulted([(specialist_pb2.DOMAIN_OUT_OF_SCOPE, 0.9)], 1, specialists.domains)
    request = specialist_pb2.ConsultRequest(question=question)
    parts = [await specialists.consult(domain, request) for domain in domains]
    return {specialist_pb2.Domain.Name(part.domain): [said.text for said in part.response.statements] for part in parts}


async def main():
    name, question = sys.argv[1:]
    host = Host.named("probe", settings())
    camel = name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:])
    found = {
        "services": services.__path__[0],
        "health": await ready(settings().address(name)),
        "rest": await over_rest(host, f"/v1/{camel}Topics", question),
        "own": await asked(host, question),
        "elsewhere": await asked(host, ELSEWHERE),
    }
    await host.mesh.close()
    print(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main())
