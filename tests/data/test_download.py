"""Downloads, against a server on this machine: the right file, a wrong one, one that breaks off, and no server."""

import hashlib
import http.server
import socket
import threading

import pytest

from course_lib.data import DownloadError, cache_directory, fetch

CONTENTS = b"TV,radio,newspaper,sales\n" * 5000
SHA256 = hashlib.sha256(CONTENTS).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/breaks-off-unannounced":
            self.send_header("Content-Length", str(len(CONTENTS)))
        self.end_headers()
        self.wfile.write(CONTENTS[:1000] if "breaks-off" in self.path else CONTENTS)

    def log_message(self, *args):
        """Keep the tests' output clean."""


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.requests = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def url(server):
    return f"http://127.0.0.1:{server.server_port}"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache that does not exist yet, and no proxy between us and our own server."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "cache"


def test_downloads_once(url, cache, server):
    for _ in range(2):
        path = fetch(f"{url}/right", SHA256, "file.csv")
        assert path == cache / "file.csv"
        assert path.read_bytes() == CONTENTS
    assert server.requests == ["/right"]
    assert [file.name for file in cache.iterdir()] == ["file.csv"]


def test_sha256_may_be_written_in_capitals(url):
    assert fetch(f"{url}/right", SHA256.upper(), "file.csv").exists()


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("missing", "could not download .*404"),
        ("breaks-off", "could not download|broke off"),
        ("breaks-off-unannounced", "broke off"),
    ],
)
def test_no_half_file_is_left(url, cache, page, message):
    with pytest.raises(DownloadError, match=f"(?s){message}.*put it at .*file.csv.*COURSE_DATA"):
        fetch(f"{url}/{page}", SHA256, "file.csv")
    assert list(cache.iterdir()) == []


def test_wrong_contents_are_refused(url, cache):
    with pytest.raises(DownloadError, match=f"is not file.csv.*Its SHA-256 is {SHA256}, expected {'0' * 64}"):
        fetch(f"{url}/right", "0" * 64, "file.csv")
    assert list(cache.iterdir()) == []


def test_no_network_says_where_to_put_the_file(cache):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: nobody answers here
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/file.csv"
        with pytest.raises(DownloadError, match=f"Check the network.*put it at {cache / 'file.csv'}"):
            fetch(url, SHA256, "file.csv")
    assert list(cache.iterdir()) == []


def test_a_file_put_there_by_hand_needs_no_network(cache):
    cache.mkdir()
    (cache / "file.csv").write_bytes(CONTENTS)
    assert fetch("http://127.0.0.1:1/file.csv", SHA256, "file.csv").read_bytes() == CONTENTS


def test_a_wrong_file_in_the_cache_is_named_and_kept(cache):
    cache.mkdir()
    (cache / "file.csv").write_bytes(b"something else")
    with pytest.raises(DownloadError, match=f"{cache / 'file.csv'} is not the file it should be. Delete it"):
        fetch("http://127.0.0.1:1/file.csv", SHA256, "file.csv")
    assert (cache / "file.csv").read_bytes() == b"something else"


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA", "~/data")
    assert cache_directory() == tmp_path / "data"
    monkeypatch.delenv("COURSE_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory() == tmp_path / "xdg" / "course_lib"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory() == tmp_path / ".cache" / "course_lib"
