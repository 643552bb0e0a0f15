"""The tool that makes a new domain: names, and the two files it changes."""

import importlib.util
import pathlib
import shutil

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[3]


def _tool():
    spec = importlib.util.spec_from_file_location("new_domain", ROOT / "deploy" / "tools" / "new_domain.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


@pytest.fixture
def checkout(tmp_path):
    """What the tool reads and changes of a checkout."""
    for name in (TOOL.CONTRACT, TOOL.LAYERS, "services/mesh/settings.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "name", ["", "Dental", "eye-care", "2d", "eye__care", "_eye", "치과", "../up", "x" * 31, "eye\n"]
)
def test_a_name_that_is_not_snake_case_is_refused(checkout, name):
    with pytest.raises(TOOL.Refused, match="snake_case"):
        TOOL.refuse_name(checkout, name)


@pytest.mark.parametrize("name", ["import", "match", "edge", "unspecified"])
def test_a_word_that_means_something_else_is_refused(checkout, name):
    with pytest.raises(TOOL.Refused, match="means something else"):
        TOOL.refuse_name(checkout, name)


@pytest.mark.parametrize("name", ["drug", "mesh", "chatbot"])
def test_a_name_in_use_is_refused(name):
    with pytest.raises(TOOL.Refused, match="exists already"):
        TOOL.refuse_name(ROOT, name)


def test_a_domain_of_the_contract_is_refused(checkout):
    with pytest.raises(TOOL.Refused, match="DOMAIN_OUT_OF_SCOPE"):
        TOOL.refuse_name(checkout, "out_of_scope")


def test_nothing_is_written_when_something_stands_in_the_way(checkout):
    standing = checkout / "tests" / "contract" / "test_dental_servicer.py"
    standing.parent.mkdir(parents=True)
    standing.write_text("mine")
    before = _everything(checkout)
    with pytest.raises(TOOL.Refused, match="test_dental_servicer"):
        TOOL.make(checkout, "dental")
    assert _everything(checkout) == before


def test_the_enum_grows_by_one_value_and_keeps_the_others(checkout):
    before = (checkout / TOOL.CONTRACT).read_text(encoding="utf-8")
    after = TOOL.with_domain(TOOL.with_domain(before, "dental"), "eye_care")
    assert "  DOMAIN_DENTAL = 6;\n" in after
    assert "  DOMAIN_EYE_CARE = 7;\n}" in after
    assert set(before.splitlines()) <= set(after.splitlines())


def test_the_layers_name_every_added_domain(checkout):
    before = (checkout / TOOL.LAYERS).read_text(encoding="utf-8")
    after = TOOL.with_layer(TOOL.with_layer(before, "dental"), "eye_care")
    assert after.count("services.dental") == 2
    assert '| services.dental | services.eye_care",' in after
    assert '"services.dental", "services.eye_care", "services.specialist"' in after


def test_the_line_names_the_default_specialists_and_the_new_one(checkout):
    assert TOOL.specialists(checkout, "dental") == (
        "MEDICHAIN_SPECIALISTS=drug,clinic,emergency_support,internal_external,dental"
    )


def test_a_longer_name_is_spelled_as_each_place_wants_it():
    files = TOOL.files_of("eye_care")
    assert "service EyeCareService {" in files["protos/medichain/eye_care/v1/eye_care.proto"]
    assert 'get: "/v1/eyeCareTopics"' in files["protos/medichain/eye_care/v1/eye_care.proto"]
    assert not [path for path, text in files.items() if "${" in text or "$name" in text]
