"""Generates gen/ from protos/: Python messages, type stubs, gRPC stubs, and the descriptor image that buf reads.

usage: python protos/generate.py [--check]     --check compares with gen/ and changes nothing

``buf/validate/validate.proto`` ships as a source file with no package we use; its descriptor does, inside
protovalidate. protoc reads it, and google/api, from a descriptor set in place of source files.
"""

from __future__ import annotations

import filecmp
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROTOS, GEN = ROOT / "protos", ROOT / "gen"
VALIDATE = "buf/validate/validate.proto"


def imported_descriptors(target: pathlib.Path) -> None:
    """Writes the descriptors that our protos import and do not own, dependencies first."""
    from google.api import annotations_pb2, http_pb2
    from google.protobuf import descriptor_pb2, duration_pb2, field_mask_pb2, timestamp_pb2
    from protovalidate._gen.buf.validate import validate_pb

    image = descriptor_pb2.FileDescriptorSet()
    for module in (descriptor_pb2, duration_pb2, timestamp_pb2, field_mask_pb2, http_pb2, annotations_pb2):
        image.file.add().ParseFromString(module.DESCRIPTOR.serialized_pb)
    image.file.add().ParseFromString(validate_pb._DESC.proto.to_binary())
    target.write_bytes(image.SerializeToString())


def protoc(*arguments: str) -> None:
    """Runs protoc of grpcio-tools from the root of the checkout."""
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *arguments], check=True, cwd=ROOT)


def generate(out: pathlib.Path, protos: pathlib.Path = PROTOS) -> None:
    """Writes everything that belongs into gen/ to ``out``, from the contracts in ``protos``."""
    sources = sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as scratch:
        imported = pathlib.Path(scratch) / "imported.binpb"
        imported_descriptors(imported)
        inputs = (f"--descriptor_set_in={imported}", f"-I{protos}")
        protoc(*inputs, f"--python_out={out}", f"--pyi_out={out}", VALIDATE, *sources)
        services = [name for name in sources if "\nservice " in (protos / name).read_text(encoding="utf-8")]
        protoc(*inputs, f"--grpc_python_out={out}", *services)
        image = out / "medichain.binpb"
        protoc(*inputs, f"--descriptor_set_out={image}", "--include_imports", "--include_source_info", *sources)
    for folder in {path.parent for path in out.rglob("*.py")}:
        for package in (folder, *folder.relative_to(out).parents):
            (out / package / "__init__.py").touch()
    (out / "__init__.py").unlink()


def differences(left: pathlib.Path, right: pathlib.Path) -> list[str]:
    """Names, relative to the folders, of files that are missing on one side or differ."""
    names = {str(p.relative_to(side)) for side in (left, right) for p in side.rglob("*") if p.is_file()}
    names = {name for name in names if "__pycache__" not in name and ".egg-info" not in name}
    return sorted(
        name
        for name in names
        if not ((left / name).is_file() and (right / name).is_file() and filecmp.cmp(left / name, right / name, False))
    )


def main() -> int:
    with tempfile.TemporaryDirectory() as scratch:
        fresh = pathlib.Path(scratch) / "gen"
        fresh.mkdir()
        generate(fresh)
        stale = differences(fresh, GEN)
        if "--check" in sys.argv:
            for name in stale:
                print(f"gen/{name} is not what protos/ gives; run `make generate`")
            return bool(stale)
        shutil.rmtree(GEN, ignore_errors=True)
        shutil.copytree(fresh, GEN)
        print(f"gen/: {len(stale)} files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
