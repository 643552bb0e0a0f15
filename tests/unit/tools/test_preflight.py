"""What `make test` does about programs the machine lacks: every branch, on a PATH made for it."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys

import pytest

SCRIPT = pathlib.Path(__file__).parents[3] / "deploy" / "tools" / "preflight.sh"
SERVERS = ("mariadbd", "mariadb-install-db", "redis-server")
BOTH = "mariadb-server redis-server"
ASKED = f"medichain: the tests need {BOTH}; install: apt-get install {BOTH}\n"


class Machine:
    """A folder of programs that stands for a machine, and a record of what was called on it."""

    def __init__(self, folder: pathlib.Path, user: int) -> None:
        self.programs, self.record = folder / "bin", folder / "record"
        self.programs.mkdir()
        self.record.touch()
        self.program("python3", f'exec "{sys.executable}" "$@"')
        self.program("id", f"echo {user}")
        self.program("env", f'exec {shutil.which("env")} "$@"')
        for name in ("gcc", "git"):
            self.program(name, "exit 0")

    def program(self, name: str, does: str) -> None:
        (self.programs / name).write_text(f"#!/bin/bash\n{does}\n")
        (self.programs / name).chmod(0o755)

    def apt(self, ends: str = "exit 0") -> None:
        self.program("apt-get", f'echo "$DEBIAN_FRONTEND apt-get $*" >> {self.record}; {ends}')

    def sudo(self, allowed: bool) -> None:
        self.program("sudo", f'echo "sudo $*" >> {self.record}; shift; {"exec $*" if allowed else "exit 1"}')

    def preflight(self, what: str = "test") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": str(self.programs), "SBIN": ""}
        return subprocess.run(["/bin/bash", SCRIPT, what], env=environment, capture_output=True, text=True, check=False)

    @property
    def calls(self) -> list[str]:
        return self.record.read_text().splitlines()


@pytest.fixture
def root(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path, 0)


@pytest.fixture
def somebody(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path, 1000)


def test_nothing_is_installed_where_everything_is(root: Machine) -> None:
    root.apt()
    for name in SERVERS:
        root.program(name, "exit 0")
    done = root.preflight()
    assert (done.returncode, done.stdout, done.stderr, root.calls) == (0, "", "", [])


def test_running_and_developing_need_no_servers(root: Machine) -> None:
    root.apt()
    assert [root.preflight(what).returncode for what in ("run", "dev")] == [0, 0]
    assert root.calls == []


def test_root_installs_what_is_missing(root: Machine) -> None:
    root.apt()
    done = root.preflight()
    assert done.returncode == 0
    assert root.calls == [
        "noninteractive apt-get -qq update",
        f"noninteractive apt-get -qq install -y --no-install-recommends {BOTH}",
    ]


def test_only_what_is_missing(root: Machine) -> None:
    root.apt()
    root.program("redis-server", "exit 0")
    assert root.preflight().returncode == 0
    assert root.calls[-1].endswith("--no-install-recommends mariadb-server")


def test_sudo_installs_where_it_asks_for_no_password(somebody: Machine) -> None:
    somebody.apt()
    somebody.sudo(allowed=True)
    somebody.program("true", "exit 0")
    assert somebody.preflight().returncode == 0
    assert [call for call in somebody.calls if not call.startswith("sudo")] == [
        "noninteractive apt-get -qq update",
        f"noninteractive apt-get -qq install -y --no-install-recommends {BOTH}",
    ]


@pytest.mark.parametrize("sudo", [False, None], ids=["sudo asks for a password", "no sudo"])
def test_without_leave_to_install_it_names_the_packages(somebody: Machine, sudo: bool | None) -> None:
    somebody.apt()
    if sudo is not None:
        somebody.sudo(allowed=sudo)
    done = somebody.preflight()
    assert (done.returncode, done.stderr) == (1, ASKED)
    assert not any("apt-get" in call for call in somebody.calls)


def test_without_apt_it_names_the_packages(root: Machine) -> None:
    done = root.preflight()
    assert (done.returncode, done.stderr) == (1, ASKED)


@pytest.mark.parametrize("failing", ["update", "install"])
def test_an_installation_that_fails_is_no_success(root: Machine, failing: str) -> None:
    root.apt(f'[[ "$*" != *{failing}* ]]')
    done = root.preflight()
    assert done.returncode == 1
    assert done.stderr.endswith(ASKED)
