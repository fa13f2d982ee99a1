"""nginx with deploy/nginx.conf as it is, but for ports and paths; and browsers in front of it."""

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

from tests.crypto.qualified.authority import computer
from tests.page import Page
from tests.served import ROOT, free_port
from tests.waiting import PATIENCE, until

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CONFIGURED = ROOT / "deploy" / "nginx.conf"
HOST = "potvarzhdenia.example.bg"
ADDRESS = "X-Test-Address"  # where a visitor comes from, for tests alone
AROUND = """
{user}daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    set_real_ip_from 127.0.0.1; real_ip_header {address};
    include {folder}/portal.conf;
}}
"""


@dataclass(frozen=True)
class Front:
    """nginx, where it listens, and the folder of its logs."""

    plain: int
    secure: int
    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "fullchain.pem"

    def log(self) -> str:
        """The access log."""
        return (self.folder / "portal.log").read_text()


@contextmanager
def in_front_of(portal: str, folder: Path) -> Iterator[Front]:
    """``portal`` is the address that requests are passed to."""
    front = Front(free_port(), free_port(), folder)
    identity = computer(HOST)
    front.certificate.write_bytes(identity.pem)
    (folder / "privkey.pem").write_bytes(identity.key_pem)
    (folder / "portal.conf").write_text(_adapted(front, portal))
    user = "user root;\n" if os.geteuid() == 0 else ""  # else its workers may not read this folder
    (folder / "nginx.conf").write_text(AROUND.format(user=user, folder=folder, address=ADDRESS))
    command = [NGINX, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    with (folder / "said.log").open("wb") as said:
        server = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        until(lambda: _listens(front, server))
        yield front
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _adapted(front: Front, portal: str) -> str:
    """A second address of this machine stands for IPv6, which not every machine has."""
    text = CONFIGURED.read_text()
    for old, new in {
        "listen 80;": f"listen 127.0.0.1:{front.plain};",
        "listen [::]:80;": f"listen 127.0.0.2:{front.plain};",
        "listen 443 ": f"listen 127.0.0.1:{front.secure} ",
        "listen [::]:443 ": f"listen 127.0.0.2:{front.secure} ",
        f"/etc/letsencrypt/live/{HOST}/": f"{front.folder}/",
        "/var/log/nginx/": f"{front.folder}/",
        "/srv/portal/": f"{ROOT}/",
        "http://127.0.0.1:8000": portal,
    }.items():
        assert old in text, f"deploy/nginx.conf has no {old}"
        text = text.replace(old, new)
    return text


def _listens(front: Front, server: subprocess.Popen) -> bool:
    assert server.poll() is None, (front.folder / "said.log").read_text()
    with suppress(OSError), socket.create_connection(("127.0.0.1", front.secure)):
        return True
    return False


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str] = field(repr=False)
    text: str = field(repr=False)

    @property
    def page(self) -> Page:
        return Page(self.text)

    @property
    def heading(self) -> str:
        return self.page.text("h1")

    @property
    def is_of_nginx(self) -> bool:
        """The page from its disk, which needs nothing from the portal."""
        return self.page.has("style") and not self.page.has("script, link[rel=stylesheet]")


class Line(HTTPSConnection):
    """To nginx, as if it were under its name; opened again when it was closed."""

    def __init__(self, front: Front) -> None:
        self.front, self.tls = front, ssl.create_default_context(cafile=front.certificate)
        self.times_opened = 0
        super().__init__(HOST, context=self.tls, timeout=PATIENCE)

    def connect(self) -> None:
        self.times_opened += 1
        plain = socket.create_connection(("127.0.0.1", self.front.secure), PATIENCE)
        self.sock = self.tls.wrap_socket(plain, server_hostname=HOST)


class Visitor:
    """A browser at an address, with its own cookies and one connection."""

    def __init__(self, front: Front, address: str = "198.51.100.1") -> None:
        self.line, self.address = Line(front), address
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Response:
        return self.ask("GET", path, headers=headers)

    def send(self, path: str, **fields: object) -> Response:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields), headers=form)

    def ask(self, method: str, path: str, body: object = None, *, headers: dict[str, str]) -> Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.line.request(method, path, body, {ADDRESS: self.address, "Cookie": cookies} | headers)
        answer = self.line.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Response(answer.status, dict(answer.headers), answer.read().decode())

    def token(self, path: str) -> str:
        """Of the first form on a page."""
        return self.get(path).page.all('input[name="csrf_token"]')[0].get("value")

    def log_in(self, email: str, password: str) -> Response:
        return self.send("/login", csrf_token=self.token("/login"), email=email, password=password)


def curl(front: Front, *words: str) -> list[str]:
    """What it wrote of each request, a line each."""
    command = ["curl", "--silent", "--cacert", str(front.certificate), "--max-time", str(PATIENCE)]
    there = ["--connect-to", f"{HOST}:443:127.0.0.1:{front.secure}"]
    return subprocess.run([*command, *there, *words], capture_output=True, text=True).stdout.splitlines()
