"""Fetching a model, from a hub of our own on this machine that speaks the protocol of the real one."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.conftest import Run

COMMIT = "c" * 40


class Hub:
    """Serves the files of a folder as one model repository; `broken` cuts the weights in half."""

    def __init__(self, folder: Path, *, broken: bool = False) -> None:
        contents = {path.name: path.read_bytes() for path in folder.iterdir()}
        if broken:
            contents["model.bin"] = contents["model.bin"][: len(contents["model.bin"]) // 2]

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.answer(body=False)

            def do_GET(self) -> None:
                self.answer(body=True)

            def answer(self, *, body: bool) -> None:
                name = self.path.split("?")[0].rsplit("/", 1)[-1]
                if "/tree/" in self.path:
                    tree = [{"type": "file", "path": f, "size": len(c), "oid": COMMIT} for f, c in contents.items()]
                    content = json.dumps(tree).encode()
                elif "/api/models/" in self.path:
                    files = [{"rfilename": file} for file in contents]
                    content = json.dumps({"id": "model", "sha": COMMIT, "siblings": files}).encode()
                elif name in contents:
                    content = contents[name]
                else:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
                self.send_header("X-Repo-Commit", COMMIT)
                self.end_headers()
                if body:
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def hub(small_whisper: Path, request: pytest.FixtureRequest) -> Iterator[Hub]:
    serving = Hub(small_whisper, broken=getattr(request, "param", False))
    yield serving
    serving.close()


def test_a_model_is_fetched_checked_and_listed(run: Run, hub: Hub, own_data_folder: Path) -> None:
    done = run("models", "download", "tiny.en", HF_ENDPOINT=hub.url)
    assert done.returncode == 0, done.stderr
    assert (own_data_folder / "models" / "whisper" / "tiny.en" / "model.bin").exists()
    assert str(own_data_folder) in run("models").stdout


@pytest.mark.parametrize("hub", [True], indirect=True)
def test_a_model_that_arrives_broken_is_removed(run: Run, hub: Hub, own_data_folder: Path) -> None:
    done = run("models", "download", "tiny.en", HF_ENDPOINT=hub.url)
    assert done.returncode == 5
    assert "not a whole model" in done.stderr
    assert not list((own_data_folder / "models" / "whisper").iterdir())


def test_without_a_network_it_says_so(run: Run) -> None:
    done = run("models", "download", "tiny.en", HF_ENDPOINT="http://127.0.0.1:9")
    assert done.returncode == 5
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
