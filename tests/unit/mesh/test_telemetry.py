"""Nothing a person wrote reaches a log line."""

import json

from services.mesh import telemetry


def test_unknown_fields_are_dropped(capsys):
    telemetry.configure("INFO")
    telemetry.log().info("served", service="drug", question="머리가 아파요", text="secret")
    line = json.loads(capsys.readouterr().err)
    assert line["service"] == "drug"
    assert "question" not in line
    assert "text" not in line


def test_where_tells_the_place_and_not_the_text():
    try:
        raise ValueError("환자 이름")
    except ValueError as error:
        place = telemetry.where(error)
    assert "test_telemetry.py" in place
    assert "환자" not in place
