import os

import pytest

from services.knowledge import versions
from services.knowledge.versions import DamagedError


def made(root, name, content="x"):
    folder = versions.begun(root, name)
    (folder / "part").mkdir()
    (folder / "part" / "data").write_text(content)
    return versions.finished(folder, name, "1", "e", 3)


def test_a_version_is_what_was_written(tmp_path):
    manifest = versions.checked(made(tmp_path, "a"))
    assert (manifest.version, manifest.format, manifest.embedder, manifest.passages) == ("a", "1", "e", 3)
    assert list(manifest.files) == ["part/data"]


@pytest.mark.parametrize("harm", ["change", "remove", "manifest", "no_manifest", "old_manifest"])
def test_damage_is_noticed(tmp_path, harm):
    place = made(tmp_path, "a")
    if harm == "change":
        (place / "part/data").write_text("y")
    elif harm == "remove":
        (place / "part/data").unlink()
    elif harm == "no_manifest":
        (place / "manifest.json").unlink()
    else:
        (place / "manifest.json").write_text("{" if harm == "manifest" else '{"version": "a"}')
    with pytest.raises(DamagedError) as noticed:
        versions.checked(place)
    assert noticed.value.file == ("part/data" if harm in ("change", "remove") else "manifest.json")


def test_the_newest_is_current_and_two_are_kept(tmp_path):
    for name in ("a", "b", "c"):
        made(tmp_path, name)
    assert [path.name for path in versions.versions(tmp_path)] == ["c", "b"]
    assert os.readlink(tmp_path / "current") == "c"


def test_what_is_unfinished_is_no_version_and_is_removed(tmp_path):
    made(tmp_path, "a")
    left = versions.begun(tmp_path, "b")
    (left / "data").write_text("half")
    assert [path.name for path in versions.versions(tmp_path)] == ["a"]
    made(tmp_path, "c")
    assert not left.exists()


def test_current_never_points_to_nothing(tmp_path, monkeypatch):
    made(tmp_path, "a")
    seen = []

    def watched(path):
        seen.append((tmp_path / "current").resolve().is_dir())
        return original(path)

    original = versions._flush
    monkeypatch.setattr(versions, "_flush", watched)
    made(tmp_path, "b")
    assert all(seen)


def test_no_folder_has_no_versions(tmp_path):
    assert versions.versions(tmp_path / "none") == []
