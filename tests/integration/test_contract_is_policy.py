"""One option of a contract is changed, gen/ is made anew, and the deployment behaves otherwise; no Python is edited."""

import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def _generator():
    spec = importlib.util.spec_from_file_location("generate_contracts", ROOT / "protos" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def edited(protos, domain, rpc, old, new):
    """Replaces the one ``old`` in the text of an RPC, or in its request's when ``rpc`` names a message."""
    path = protos / "medichain" / domain / "v1" / f"{domain}.proto"
    text = path.read_text(encoding="utf-8")
    begin = text.index(f"{rpc}(" if f"rpc {rpc}(" in text else f"message {rpc} {{")
    end = text.index("\n  }" if f"rpc {rpc}(" in text else "\n}", begin)
    block = text[begin:end]
    assert block.count(old) == 1, f"{old} stands {block.count(old)} times in {rpc}"
    path.write_text(text[:begin] + block.replace(old, new) + text[end:], encoding="utf-8")


def seen(gen, folder):
    """What callers of a deployment with this generated code see."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(gen), str(ROOT)])}
    command = [sys.executable, "-m", "tests.integration.contract_probe", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert pathlib.Path(found.pop("gen")) == gen
    return found


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    return seen(ROOT / "gen", tmp_path_factory.mktemp("before"))


@pytest.fixture
def after(tmp_path):
    """What callers see once an option was changed."""

    def change(domain, rpc, old, new):
        protos, gen = tmp_path / "protos", tmp_path / "gen"
        shutil.copytree(ROOT / "protos", protos)
        gen.mkdir()
        edited(protos, domain, rpc, old, new)
        _generator().generate(gen, protos)
        return seen(gen, tmp_path)

    return change


def test_as_the_contracts_are(before):
    assert before == {
        "flaky": [200, 2], "named": [200, []], "moved": 404, "late": [504, False], "inside": "OK",
    }  # fmt: skip


def test_another_path(before, after):
    found = after("drug", "SearchDrugs", '"/v1/drugs"', '"/v1/medicines"')
    assert (before["moved"], found["moved"]) == (404, 200)
    assert found["named"][0] == 404


def test_another_timeout(before, after):
    found = after("chatbot", "Ask", "timeout_ms: 60000", "timeout_ms: 150")
    assert (before["late"], found["late"]) == ([504, False], [504, True])


def test_another_access(before, after):
    found = after("drug", "SearchDrugs", "ACCESS_PUBLIC", "ACCESS_USER")
    assert (before["named"], found["named"]) == ([200, []], [401, []])
    assert (before["inside"], found["inside"]) == ("OK", "UNAUTHENTICATED")


def test_another_rule(before, after):
    found = after("drug", "SearchDrugsRequest", "max_len: 200", "max_len: 3")
    assert (before["named"], found["named"]) == ([200, []], [400, ["query"]])
    assert (before["inside"], found["inside"]) == ("OK", "INVALID_FIELD")


def test_another_retry(before, after):
    found = after("drug", "SearchDrugs", "RETRY_SAFE", "RETRY_NEVER")
    assert (before["flaky"], found["flaky"]) == ([200, 2], [503, 1])
