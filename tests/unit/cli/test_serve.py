"""A process that cannot serve says why in one line, and nothing of what it was told in confidence."""

import pytest

from services.cli import serve
from services.mesh import telemetry
from services.mesh.settings import Settings
from tests.support.deployments import key_files

SECRET = "s3cret"


def refusal(capsys, settings, services=("drug",)):
    telemetry.configure("INFO")
    assert serve.run(settings, services, "127.0.0.1", 0, 0) == 1
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert SECRET not in said
    return said


@pytest.mark.parametrize("service", ["drug", "edge"])
def test_databases_without_keys(tmp_path, capsys, service):
    settings = Settings(data_dir=tmp_path, reference_db_url=f"mysql+aiomysql://u:{SECRET}@127.0.0.1:1/x")
    assert "MEDICHAIN_MASTER_KEY_FILE" in refusal(capsys, settings, (service,))
    assert not (tmp_path / "keys").exists()


def test_a_database_that_is_not_there(tmp_path, capsys):
    url = f"mysql+aiomysql://u:{SECRET}@127.0.0.1:1/x"
    said = refusal(capsys, Settings(data_dir=tmp_path, reference_db_url=url, **key_files(tmp_path / "k")))
    assert "database" in said


def test_an_old_schema(tmp_path, capsys):
    url = f"sqlite+aiosqlite:///{tmp_path / 'reference.sqlite3'}"
    (tmp_path / "reference.sqlite3").touch()
    settings = Settings(data_dir=tmp_path / "d", reference_db_url=url, **key_files(tmp_path / "k"))
    assert "medichain migrate" in refusal(capsys, settings)


def test_a_service_that_does_not_exist(tmp_path, capsys):
    assert "no_such" in refusal(capsys, Settings(data_dir=tmp_path), ("no_such",))
