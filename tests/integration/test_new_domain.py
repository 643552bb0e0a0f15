"""A new domain, made in a copy of the checkout: it passes its checks, serves, and is asked."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = "eye_care"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what git tracks, with the new domain made and gen/ made anew."""
    copy = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    made = run(copy, "deploy/tools/new_domain.py", NAME)
    run(copy, "protos/generate.py")
    return copy, made.splitlines()[-1]


def environment(copy, **more):
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(copy), str(copy / "gen")]), **more}


def run(copy, *arguments, **more):
    """What a Python command prints in the copy; fails the test when it fails."""
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=copy, env=environment(copy, **more), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def answered(checkout, tmp_path_factory):
    """What the domain answers when it is served by `medichain serve` and named in the one configuration line."""
    copy, line = checkout
    port, (variable, _, value) = free_port(), line.partition("=")
    more = {
        variable: value,
        "MEDICHAIN_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        f"MEDICHAIN_{NAME.upper()}_ADDR": f"dns:///127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "services.cli.main", "serve", NAME, "--port", str(port)]
    with subprocess.Popen(command, cwd=copy, env=environment(copy, **more)) as serving:
        try:
            printed = run(copy, "-m", "tests.integration.domain_probe", NAME, "eye care 예시가 뭐예요?", **more)
        finally:
            serving.terminate()
    assert serving.returncode == 0
    found = json.loads(printed.splitlines()[-1])
    assert found["services"].startswith(str(copy))
    return found


def test_its_tests_pass(checkout):
    copy, _ = checkout
    printed = run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=",
        f"tests/unit/{NAME}", f"tests/contract/test_{NAME}_servicer.py", "tests/unit/chatbot/test_routing.py",
    )  # fmt: skip
    assert " passed" in printed


def test_it_is_written_as_the_house_writes(checkout):
    copy, _ = checkout
    written = [f"services/{NAME}", f"tests/unit/{NAME}", f"tests/contract/test_{NAME}_servicer.py"]
    run(copy, "-m", "ruff", "check", "--no-cache", *written)
    run(copy, "-m", "ruff", "format", "--no-cache", "--check", *written)


def test_its_contract_passes_the_contracts_lint(checkout):
    copy, _ = checkout
    lint = [str(pathlib.Path(sys.executable).parent / "buf"), "lint", "gen/medichain.binpb"]
    done = subprocess.run(lint, cwd=copy, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_serves(answered):
    assert answered["health"] == "SERVING"


def test_the_edge_reaches_it_by_its_contract_alone(answered):
    status, body, refused, field = answered["rest"]
    assert status == 200
    assert body["topics"][0]["id"] == "example"
    assert (refused, field) == (400, "query")


def test_the_orchestrator_asks_it_once_it_is_named(answered):
    assert answered["own"]["DOMAIN_EYE_CARE"]
    assert answered["elsewhere"] == {"DOMAIN_EYE_CARE": []}


def test_a_second_time_it_refuses(checkout):
    copy, _ = checkout
    command = [sys.executable, "deploy/tools/new_domain.py", NAME]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "exists already" in done.stdout
