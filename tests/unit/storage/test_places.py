"""A shard's place is written down without its password, and found again from there."""

from __future__ import annotations

import pytest
from sqlalchemy.engine import make_url

from services.mesh.settings import Settings
from services.storage.places import password_behind, place_of, seeds, url_of

URL = "mysql+aiomysql://who:se%40cret@db.example:3307/people?ssl_ca=/etc/ca.pem"


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path, shard_db_urls=f"mysql+aiomysql://who@first/people,{URL}")


def test_a_configured_shard_comes_back_whole(settings):
    without, place = seeds(settings)
    assert without["password"] == ""
    assert place["password"] == "url:1"
    assert "cret" not in str(place)
    assert url_of(place, settings) == make_url(URL)


@pytest.mark.parametrize("reference", ["env:SHARD_PASSWORD", "file:{}/password"])
def test_a_password_is_where_the_row_says(settings, tmp_path, monkeypatch, reference):
    monkeypatch.setenv("SHARD_PASSWORD", "se@cret")
    (tmp_path / "password").write_text("se@cret\n")
    place = place_of(make_url(URL), settings, reference.format(tmp_path))
    assert url_of(place, settings).password == "se@cret"


@pytest.mark.parametrize("reference", ["env:NOT_SET", "file:/nowhere", "url:0", "plain-text"])
def test_a_password_that_is_not_there_is_told_without_a_guess(settings, reference):
    place = place_of(make_url("mysql+aiomysql://who@elsewhere/people"), settings, reference)
    with pytest.raises(LookupError) as told:
        password_behind(reference, settings, place)
    assert "plain-text" not in str(told.value)


def test_configured_shards_may_change_their_order(settings):
    place = seeds(settings)[1]
    turned = settings.model_copy(update={"shard_db_urls": f"{URL},mysql+aiomysql://who:other@first/people"})
    assert url_of(place, turned).password == "se@cret"


def test_a_file_moves_with_the_data_directory(tmp_path):
    before, after = Settings(data_dir=tmp_path / "a"), Settings(data_dir=tmp_path / "b")
    [place] = seeds(before)
    assert place["database_name"] == "db/shard_0.sqlite3"
    assert url_of(place, after).database == str(tmp_path / "b" / "db" / "shard_0.sqlite3")
