"""What a deployment must say before it starts."""

from services.mesh.settings import Settings

DATABASE = "mysql+aiomysql://u:p@db/medichain"


def test_the_embedded_default_lacks_nothing(tmp_path):
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1")
    assert settings.embedded
    assert settings.lacks == ""


def test_any_database_asks_for_every_key_file(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(b"k")
    for name in ("global_db_url", "shard_db_urls", "reference_db_url", "key_db_url"):
        settings = Settings(
            data_dir=tmp_path, **{name: DATABASE}, master_key_file=key, service_key_file=tmp_path / "no"
        )
        assert not settings.embedded
        assert "MEDICHAIN_SIGNING_KEY_FILE, MEDICHAIN_SERVICE_KEY_FILE" in settings.lacks
        assert "MASTER" not in settings.lacks
        assert "\n" not in settings.lacks
        assert "p@db" not in settings.lacks


def test_with_its_keys_it_starts(tmp_path):
    key = tmp_path / "key"
    key.write_bytes(b"k")
    files = {f"{name}_key_file": key for name in ("signing", "master", "service")}
    assert Settings(data_dir=tmp_path, reference_db_url=DATABASE, **files).lacks == ""
