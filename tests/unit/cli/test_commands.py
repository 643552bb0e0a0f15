"""The command line: what it prints and what it returns."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from medichain.chatbot.v1 import chatbot_pb2 as pb
from medichain.specialist.v1 import specialist_pb2
from services.cli import ask, data, doctor, up
from services.cli.main import app
from services.mesh.settings import Settings, default_port

RUNNER = CliRunner()


def test_help_names_every_command():
    text = RUNNER.invoke(app, ["--help"]).output
    for command in ("up", "serve", "ask", "ingest", "index", "migrate", "doctor"):
        assert command in text


def test_ingest_refuses_what_takes_no_exports(tmp_path, capsys):
    assert data.ingest(Settings(data_dir=tmp_path), "chatbot", "") == 1
    assert "takes no exports in" in capsys.readouterr().out


def test_ingest_refuses_a_folder_that_is_not_there(tmp_path, capsys):
    assert data.ingest(Settings(data_dir=tmp_path), "drug", str(tmp_path / "none")) == 1
    assert "is not a folder" in capsys.readouterr().out


def test_ingest_takes_the_sample_in_and_counts_refusals(tmp_path, capsys):
    settings = Settings(data_dir=tmp_path)
    assert data.ingest(settings, "clinic", "") == 0
    assert "every row was understood" in capsys.readouterr().out


def test_a_damaged_row_is_named_and_the_rest_is_kept(tmp_path, capsys):
    row = {"itemSeq": "990009001", "itemName": "가정(나성분)", "entpName": "회사", "efcyQesitm": "이 약은 씁니다."}
    rows = [row, {**row, "itemSeq": "not a number"}]
    body = {"header": {"resultCode": "00", "resultMsg": "OK"}, "body": {"items": rows}}
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "easy.json").write_text(json.dumps(body, ensure_ascii=False))
    assert data.ingest(Settings(data_dir=tmp_path), "drug", str(tmp_path / "in")) == 0
    said = capsys.readouterr().out
    assert "row 2" in said
    assert "itemSeq" in said
    assert "1 rows refused" in said


def test_migrate_names_every_database(tmp_path, capsys):
    data.migrate(Settings(data_dir=tmp_path))
    said = capsys.readouterr().out
    for history in ("reference", "keys", "shard"):
        assert history in said


def test_ask_says_plainly_that_nothing_runs(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("MEDICHAIN_CHATBOT_ADDR", "dns:///127.0.0.1:1")
    assert ask.run(Settings(data_dir=tmp_path), "질문", None, "") == 1
    assert "not running" in capsys.readouterr().out


def test_doctor_says_what_does_not_answer(tmp_path, capsys, monkeypatch):
    for name in ("KNOWLEDGE", "CATEGORY", "DRUG", "CLINIC", "EMERGENCY_SUPPORT", "INTERNAL_EXTERNAL", "CHATBOT"):
        monkeypatch.setenv(f"MEDICHAIN_{name}_ADDR", "dns:///127.0.0.1:1")
    assert doctor.run(Settings(data_dir=tmp_path)) == 1
    said = capsys.readouterr().out
    assert "UNAVAILABLE" in said
    assert "not readable" in said


EVENTS = [
    (pb.AskResponse(emergency=pb.Emergency(level=4, guidance="즉시 119", hotline="119")), "119"),
    (pb.AskResponse(classified=pb.Classified(domains=[specialist_pb2.DOMAIN_DRUG], confidence=0.9)), "약"),
    (pb.AskResponse(degraded=pb.Degraded(domain=specialist_pb2.DOMAIN_CLINIC, reason="deadline")), "deadline"),
    (pb.AskResponse(delta=pb.Delta(text="[1] 대괄호")), "[1] 대괄호"),
    (pb.AskResponse(error=pb.Failed(error="INTERNAL", message="문제")), "문제"),
]


@pytest.mark.parametrize(("event", "shown"), EVENTS, ids=[e.WhichOneof("event") for e, _ in EVENTS])
def test_events_are_shown(event, shown, capsys):
    kind = event.WhichOneof("event")
    ask._SHOWN[kind](getattr(event, kind))
    assert shown in capsys.readouterr().out


def test_every_event_of_the_contract_can_be_shown():
    assert set(ask._SHOWN) == {field.name for field in pb.AskResponse.DESCRIPTOR.oneofs_by_name["event"].fields}


def test_a_taken_port_is_named_in_one_line(tmp_path, capsys):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert up.run(Settings(data_dir=tmp_path), port) == 1
    assert f"port {port} is taken" in capsys.readouterr().err


def test_one_data_folder_runs_once(tmp_path, capsys):
    import fcntl

    settings = Settings(data_dir=tmp_path)
    with open(settings.path("run", "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert up.run(settings, 0) == 1
    assert "already running" in capsys.readouterr().err


def test_services_have_ports_of_their_own():
    names = ("knowledge", "category", "drug", "clinic", "emergency_support", "internal_external", "chatbot", "dental")
    assert len({default_port(name) for name in names}) == len(names)
