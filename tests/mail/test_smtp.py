"""portal.mail.smtp: handing letters to a mail server."""

import email
import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from email import policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.domain.letters.fate import Verdict
from portal.mail import smtp
from portal.mail.composing import composed
from portal.mail.errors import MailError
from portal.mail.messages import Message
from portal.mail.smtp import Server, Session

SENDER = "portal@portal.example.bg"
AT = datetime(2021, 1, 28, 7, 30, tzinfo=UTC)
LETTER = Message("ana@school.example.bg", "Списък от АСП за декември 2020 г.", "Здравейте,\n\nред „две“\n")


class Sink:
    """Keeps what it is sent; ``answers`` may hold another answer for a command."""

    def __init__(self, **answers):
        self.answers = answers
        self.received = []
        self.logins = []
        self.hang_up = False

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        secure = server.transport.get_extra_info("sslcontext") is not None
        self.received.append((envelope, secure))
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        if self.hang_up:
            server.transport.abort()
        return "221 Bye"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/1", handled=False)


def read(sink):
    """The first letter, as the reader's programme shows it."""
    (envelope, _) = sink.received[0]
    return email.message_from_bytes(envelope.content, policy=policy.default)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve():
    """Start a mail server on this machine with the given sink; gives its port."""
    running = []

    def start(sink, *, implicit_tls=None, **options):
        controller = Controller(
            sink, hostname="127.0.0.1", port=free_port(), ssl_context=implicit_tls, **options
        )
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "mail.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + own.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(monkeypatch, certificate):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def send(mail_url, sender, letter, **more):
    with Session(mail_url, sender) as session:
        session.send(letter, **more)


def refused(*args, **kwargs):
    with pytest.raises(MailError) as caught:
        send(*args, **kwargs)
    return caught.value


def test_delivers_a_letter_as_it_was_written(serve):
    sink = Sink()
    send(f"smtp://127.0.0.1:{serve(sink)}", SENDER, LETTER, at=AT)

    (envelope, secure) = sink.received[0]
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["ana@school.example.bg"])
    assert not secure
    assert read(sink)["Subject"] == LETTER.subject
    assert read(sink)["To"] == LETTER.to
    assert str(read(sink)["From"]) == f"Потвърждения към АСП <{SENDER}>"
    assert read(sink)["Date"].datetime == AT
    assert read(sink)["Auto-Submitted"] == "auto-generated"
    assert read(sink).get_body(("plain",)).get_content() == LETTER.body.replace("\n", "\r\n")


def test_sends_ascii_lines_of_legal_length_only(serve):
    sink = Sink()
    long = Message(LETTER.to, "Дълга тема " * 20 + "край", "дума " * 2000)
    send(f"smtp://127.0.0.1:{serve(sink)}", SENDER, long, at=AT)

    content = sink.received[0][0].content
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert read(sink)["Subject"] == long.subject


def test_every_letter_has_a_name_of_its_own():
    first, second = (composed(SENDER, LETTER, at=AT)["Message-ID"] for _ in range(2))

    assert first != second
    assert first.endswith("@portal.example.bg>")


def test_a_letter_that_is_tried_again_keeps_its_name(serve):
    sink = Sink()
    send(f"smtp://127.0.0.1:{serve(sink)}", SENDER, LETTER, at=AT, message_id="<42@portal.example.bg>")

    assert read(sink)["Message-ID"] == "<42@portal.example.bg>"


def test_writes_to_a_bulgarian_domain(serve):
    sink = Sink()
    send(f"smtp://127.0.0.1:{serve(sink)}", SENDER, Message("ana@училище.бг", "Тема", "Текст"), at=AT)

    (address,) = sink.received[0][0].rcpt_tos
    assert address.startswith("ana@xn--")
    assert address.removeprefix("ana@").encode().decode("idna") == "училище.бг"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "@school.bg",
        "ana@",
        "ana@school.bg, boris@school.bg",
        "ana@school.bg\r\nBcc: x@y.bg",
        "ana@school.bg\n",
        "Ana <ana@school.bg>",
        "ana boris@school.bg",
        "ана@school.bg",
        "ana@school..bg",
        "ana@" + "a" * 64 + ".bg",
        "ana..b@school.bg",
        "ana@b@school.bg",
    ],
)
def test_writes_to_one_plain_address_only(address):
    with pytest.raises(MailError) as caught:
        composed(SENDER, Message(address, "Тема", "Текст"), at=AT)
    assert not caught.value.temporary
    with pytest.raises(MailError):
        composed(address, LETTER, at=AT)


@pytest.mark.parametrize("end", ["\r\nBcc: x@y.bg", "\nX: y", "\r", "\0", "\u2028", "\x85"])
def test_refuses_what_would_smuggle_a_header_in(end):
    with pytest.raises(MailError):
        composed(SENDER, Message(LETTER.to, "Тема" + end, "Текст"), at=AT)
    with pytest.raises(MailError):
        composed(SENDER, LETTER, at=AT, message_id="<1@p.bg>" + end)


@pytest.mark.parametrize(
    ("command", "answer", "temporary"),
    [
        ("RCPT", "550 no such user", False),
        ("RCPT", "450 try later", True),
        ("DATA", "554 no", False),
        ("DATA", "452 full", True),
        ("MAIL", "550 who are you", True),
        ("MAIL", "451 later", True),
    ],
)
def test_tells_for_good_from_for_now(serve, command, answer, temporary):
    error = refused(f"smtp://127.0.0.1:{serve(Sink(**{command: answer}))}", SENDER, LETTER, at=AT)

    assert error.temporary is temporary
    assert answer[:3] in str(error)
    assert "ana" not in str(error)


def test_tells_what_the_server_said_when_it_took_a_letter(serve):
    with Session(f"smtp://127.0.0.1:{serve(Sink(DATA='250 2.0.0 queued as 4F2'))}", SENDER) as session:
        reply = session.send(LETTER, at=AT)

    assert (reply.code, reply.status, reply.text) == (250, "2.0.0", "queued as 4F2")


@pytest.mark.parametrize(
    ("command", "answer", "verdict"),
    [
        ("RCPT", "550 5.1.1 no such user", Verdict.UNKNOWN_ADDRESS),
        ("RCPT", "554 5.7.1 not here", Verdict.REFUSED),
        ("DATA", "550 5.1.1 odd", Verdict.REFUSED),
        ("DATA", "451 4.7.1 greylisted", Verdict.DEFERRED),
        ("MAIL", "550 5.7.1 who are you", Verdict.DEFERRED),
    ],
)
def test_tells_what_the_server_answered(serve, command, answer, verdict):
    error = refused(f"smtp://127.0.0.1:{serve(Sink(**{command: answer}))}", SENDER, LETTER, at=AT)

    assert error.verdict is verdict
    assert f"{error.reply.code} {error.reply.status} {error.reply.text}" == answer


def test_waits_for_a_server_that_is_not_there():
    error = refused(f"smtp://127.0.0.1:{free_port()}", SENDER, LETTER, at=AT)

    assert error.temporary
    assert str(error) == "Няма връзка с пощенския сървър (ConnectionRefusedError)."


def test_does_not_wait_for_a_silent_server(monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert refused(f"smtp://127.0.0.1:{silent.getsockname()[1]}", SENDER, LETTER, at=AT).temporary


def test_a_letter_that_was_taken_is_sent_however_the_server_says_good_bye(serve):
    sink = Sink()
    sink.hang_up = True
    send(f"smtp://127.0.0.1:{serve(sink)}", SENDER, LETTER, at=AT)

    assert len(sink.received) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("query", ["", "?starttls=required"])
def test_secures_the_connection_where_it_is_offered(serve, tls, query):
    sink = Sink()
    send(f"smtp://127.0.0.1:{serve(sink, tls_context=tls)}/{query}", SENDER, LETTER, at=AT)

    assert [secure for _, secure in sink.received] == [True]


def test_can_be_told_not_to_ask_for_it(serve, tls):
    sink = Sink()
    send(f"smtp://127.0.0.1:{serve(sink, tls_context=tls)}?starttls=off", SENDER, LETTER, at=AT)

    assert [secure for _, secure in sink.received] == [False]


def test_sends_nothing_in_clear_where_it_must_not(serve):
    sink = Sink()
    error = refused(f"smtp://127.0.0.1:{serve(sink)}?starttls=required", SENDER, LETTER, at=AT)

    assert error.temporary
    assert sink.received == []


def test_sends_nothing_to_a_server_that_cannot_prove_its_name(serve, tls):
    sink = Sink()
    error = refused(f"smtp://127.0.0.1:{serve(sink, tls_context=tls)}", SENDER, LETTER, at=AT)

    assert error.temporary
    assert sink.received == []


@pytest.mark.usefixtures("trusted")
def test_speaks_tls_from_the_first_byte(serve, tls):
    sink = Sink()
    send(f"smtps://127.0.0.1:{serve(sink, implicit_tls=tls)}", SENDER, LETTER, at=AT)

    assert [secure for _, secure in sink.received] == [True]


@pytest.mark.usefixtures("trusted")
def test_logs_in_over_a_secured_connection(serve, tls):
    sink = Sink()
    port = serve(sink, tls_context=tls, authenticator=sink.authenticate)
    send(f"smtp://portal:p%40ss%2F1@127.0.0.1:{port}", SENDER, LETTER, at=AT)

    assert sink.logins == [(b"portal", b"p@ss/1")]
    assert len(sink.received) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_of_ours_is_no_fault_of_the_letter(serve, tls):
    sink = Sink()
    port = serve(sink, tls_context=tls, authenticator=sink.authenticate)
    error = refused(f"smtp://portal:wrong@127.0.0.1:{port}", SENDER, LETTER, at=AT)

    assert error.temporary
    assert "535" in str(error)
    assert sink.received == []


def test_may_log_in_on_the_machine_itself(serve):
    sink = Sink()
    port = serve(sink, authenticator=sink.authenticate, auth_require_tls=False)
    send(f"smtp://portal:p%40ss%2F1@127.0.0.1:{port}", SENDER, LETTER, at=AT)

    assert len(sink.received) == 1


def test_never_sends_its_password_in_clear(serve):
    """``127.1`` reaches this machine, but is not one of the names by which we know that it does."""
    sink = Sink()
    port = serve(sink, authenticator=sink.authenticate, auth_require_tls=False)
    error = refused(f"smtp://portal:secret@127.1:{port}", SENDER, LETTER, at=AT)

    assert error.temporary
    assert (sink.logins, sink.received) == ([], [])


class Counting(Sink):
    """Counts the connections, and ends each after so many letters, as servers do."""

    def __init__(self, letters=1000, **answers):
        super().__init__(**answers)
        self.letters = letters
        self.connections = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        session.letters = 0
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if session.letters == self.letters:
            server.transport.abort()
        session.letters += 1
        return await super().handle_MAIL(server, session, envelope, address, options)


def send_all(sink, serve, count):
    with Session(f"smtp://127.0.0.1:{serve(sink)}", SENDER) as session:
        for _ in range(count):
            session.send(LETTER, at=AT)


def test_one_connection_carries_all_the_letters(serve):
    sink = Counting()
    send_all(sink, serve, 5)

    assert (sink.connections, len(sink.received)) == (1, 5)


def test_a_server_that_hangs_up_between_two_letters_is_asked_anew(serve):
    sink = Counting(letters=2)
    send_all(sink, serve, 5)

    assert (sink.connections, len(sink.received)) == (3, 5)


def test_a_server_that_says_it_closes_is_asked_anew_once(serve):
    sink = Counting(MAIL="421 too many")

    with pytest.raises(MailError) as caught:
        send_all(sink, serve, 1)

    assert caught.value.temporary
    assert sink.connections == 1


def test_a_refused_letter_leaves_the_connection_to_the_next(serve):
    sink = Counting(RCPT="550 no such person")
    with Session(f"smtp://127.0.0.1:{serve(sink)}", SENDER) as session:
        with pytest.raises(MailError) as caught:
            session.send(LETTER, at=AT)
        sink.answers.clear()
        session.send(LETTER, at=AT)

    assert not caught.value.temporary
    assert (sink.connections, len(sink.received)) == (1, 1)


def test_after_a_failed_connection_the_next_letter_tries_again(serve):
    sink = Counting(MAIL="451 later")
    with Session(f"smtp://127.0.0.1:{serve(sink)}", SENDER) as session:
        with pytest.raises(MailError) as caught:
            session.send(LETTER, at=AT)
        sink.answers.clear()
        session.send(LETTER, at=AT)

    assert caught.value.temporary
    assert len(sink.received) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail", ("mail", 25, False, "offered", "", "")),
        ("smtps://mail/", ("mail", 465, True, "offered", "", "")),
        ("smtp://u%40x:p%2F1@mail:587/?starttls=required", ("mail", 587, False, "required", "u@x", "p/1")),
        ("smtp://mail?starttls=off", ("mail", 25, False, "off", "", "")),
    ],
)
def test_reads_the_address_of_the_server(url, expected):
    assert Server.parse(url) == Server(*expected)


@pytest.mark.parametrize(
    "url",
    [
        "mail:25",
        "http://mail",
        "smtp://",
        "smtp://mail/path",
        "smtp://mail:port",
        "smtp://mail:99999",
        "smtp://mail?starttls=maybe",
        "smtp://mail?starttls",
        "smtp://mail?tls=1",
        "smtp://mail?starttls=off&starttls=required",
        "smtp://u:secret#1@mail",
        "smtp://u:%D0%BF-secret@mail",
        "smtp://u:secret%0A@mail",
        "smtp://[mail",
    ],
)
def test_refuses_another_address_without_repeating_it(url):
    with pytest.raises(ValueError) as caught:
        Server.parse(url)
    assert "secret" not in str(caught.value)


def test_shows_no_password():
    assert "secret" not in repr(Server.parse("smtp://u:secret@mail"))
