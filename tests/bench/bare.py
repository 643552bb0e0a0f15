"""What the read path is compared with: a bare FastAPI in front of a bare grpc.aio server.

usage: python -m tests.bench.bare server FILE        answers every call with the message in FILE; prints its port
       python -m tests.bench.bare edge GRPC_PORT     GET /v1/drugs; prints its port
       python -m tests.bench.bare mesh FILE          the same message behind our mesh's server; prints its port

The server hands over one fixed message and has no database, no policies, no telemetry; the edge turns it into JSON with
protobuf's json_format. Both run on uvloop, as ours do.
"""

from __future__ import annotations

import asyncio
import pathlib
import socket
import sys
from typing import Any

import grpc
import uvicorn
import uvloop
from fastapi import FastAPI, Response
from google.protobuf import json_format

from medichain.drug.v1 import drug_pb2
from services.mesh import telemetry
from services.mesh.errors import NotFound
from services.mesh.host import Host
from services.mesh.server import MeshServer
from services.mesh.settings import settings

DRUG = drug_pb2.DESCRIPTOR.services_by_name["DrugService"]
METHOD = "/bench.Bare/SearchDrugs"


async def serve_messages(message: drug_pb2.SearchDrugsResponse) -> None:
    """The gRPC server."""

    async def search(request: Any, context: Any) -> drug_pb2.SearchDrugsResponse:
        return message

    handler = grpc.unary_unary_rpc_method_handler(
        search, drug_pb2.SearchDrugsRequest.FromString, drug_pb2.SearchDrugsResponse.SerializeToString
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Bare", {"SearchDrugs": handler}),))
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    await server.wait_for_termination()


async def serve_meshed(message: drug_pb2.SearchDrugsResponse) -> None:
    """Our gRPC server with every policy and check, and nothing behind it."""
    telemetry.configure("ERROR")
    host = Host.named("bench", settings())
    server = MeshServer("drug", host.verifier)
    server.add(DRUG, _Fixed(message))
    print(await server.start("127.0.0.1:0"), flush=True)
    await asyncio.Event().wait()


class _Fixed:
    """Answers every search with one message, and knows nothing else."""

    def __init__(self, message: drug_pb2.SearchDrugsResponse) -> None:
        self._message = message

    async def SearchDrugs(self, request: Any, context: Any) -> drug_pb2.SearchDrugsResponse:
        return self._message

    async def GetDrug(self, request: Any, context: Any) -> drug_pb2.GetDrugResponse:
        raise NotFound("item_seq")

    async def CheckInteractions(self, request: Any, context: Any) -> drug_pb2.CheckInteractionsResponse:
        raise NotFound("items")


async def serve_json(grpc_port: int) -> None:
    """The edge."""
    app = FastAPI()
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{grpc_port}")
    call = channel.unary_unary(
        METHOD, drug_pb2.SearchDrugsRequest.SerializeToString, drug_pb2.SearchDrugsResponse.FromString
    )

    @app.get("/v1/drugs")
    async def drugs(query: str, pageSize: int = 20) -> Response:  # noqa: N803 - the parameter's name on the wire
        answer = await call(drug_pb2.SearchDrugsRequest(query=query, page_size=pageSize))
        body = json_format.MessageToJson(answer, always_print_fields_with_no_presence=True, indent=None)
        return Response(body, media_type="application/json")

    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    print(listener.getsockname()[1], flush=True)
    config = uvicorn.Config(app, http="httptools", lifespan="off", log_config=None, access_log=False)
    await uvicorn.Server(config).serve([listener])


def main() -> None:
    role, argument = sys.argv[1:]
    if role == "edge":
        uvloop.run(serve_json(int(argument)))
        return
    message = drug_pb2.SearchDrugsResponse.FromString(pathlib.Path(argument).read_bytes())
    uvloop.run(serve_messages(message) if role == "server" else serve_meshed(message))


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(0)
