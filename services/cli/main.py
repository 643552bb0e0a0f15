"""`medichain`: run the mesh, ask it, look after its data.

Each command loads only what it needs: `up`, which stays in memory beside everything else, needs little.
"""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli import menus
from services.mesh import telemetry
from services.mesh.settings import settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run the mesh, ask it, look after its data.",
)
menus.join(app)


@app.callback()
def configure() -> None:
    telemetry.configure(settings().log_level, settings().trace_ratio)


@app.command("up")
def up_command(
    port: Annotated[
        int | None, typer.Option(help="port of the edge; MEDICHAIN_HTTP_PORT or 8000 when not given")
    ] = None,
) -> None:
    """Start every service and the edge on this machine, in the foreground; Ctrl-C stops all of it."""
    from services.cli import up

    raise typer.Exit(up.run(settings(), port))


@app.command("serve")
def serve_command(
    services: Annotated[list[str], typer.Argument(help="service names, or `edge`")],
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(help="port; the service's own default when not given")] = None,
    metrics_port: Annotated[int, typer.Option(help="port of this process's /metrics; 0 = none")] = 0,
) -> None:
    """Serve one service, or several in one process."""
    from services.cli import serve

    raise typer.Exit(serve.run(settings(), services, host, port, metrics_port))


@app.command("ask")
def ask_command(
    question: str,
    latitude: Annotated[float | None, typer.Option(help="degrees north")] = None,
    longitude: Annotated[float | None, typer.Option(help="degrees east")] = None,
    conversation: Annotated[str, typer.Option(help="conversation to continue")] = "",
) -> None:
    """Ask a question and watch the answer come."""
    from services.cli import ask

    location = (latitude, longitude) if latitude is not None and longitude is not None else None
    raise typer.Exit(ask.run(settings(), question, location, conversation))


@app.command("migrate")
def migrate_command() -> None:
    """Bring every database to the newest schema."""
    from services.cli import data

    data.migrate(settings())


@app.command("ingest")
def ingest_command(
    service: Annotated[
        str, typer.Argument(help="drug, clinic, emergency_support or knowledge; all when not given")
    ] = "",
    folder: Annotated[str, typer.Option(help="folder of official exports; the shipped sample when not given")] = "",
) -> None:
    """Take official exports in. Rows that cannot be understood are named and left out; the rest is kept."""
    from services.cli import data

    raise typer.Exit(data.ingest(settings(), service, folder))


@app.command("index")
def index_command(force: Annotated[bool, typer.Option(help="rebuild even when nothing changed")] = False) -> None:
    """Rebuild the knowledge index beside the one in use, and swap it in."""
    from services.cli import data

    raise typer.Exit(data.index(settings(), force))


@app.command("replay")
def replay_command(exchange: Annotated[str, typer.Argument(help="the exchange's id")]) -> None:
    """Check a stored answer again from its receipt, with no service running; its text is not shown."""
    from services.cli import replay

    raise typer.Exit(replay.run(settings(), exchange))


@app.command("doctor")
def doctor_command() -> None:
    """Print every service's address and health, and what the data holds."""
    from services.cli import doctor

    raise typer.Exit(doctor.run(settings()))


def run() -> None:
    app()


if __name__ == "__main__":
    run()
