import asyncio
import email.policy
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from civique.core.config import ROOT
from civique.services.mail import FolderMailer, MailRefused, MailUnavailable, SmtpMailer, read_folder, read_message
from tests.defences import defence, replaced


def letter(recipient: str = "ana@example.org", identity: str = "<1@saint-veran.example>") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = identity
    message["From"] = "Mairie de Saint-Véran <mairie@saint-veran.example>"
    message["To"] = recipient
    message["Subject"] = "Votre inscription à l’atelier"
    message.set_content("Bonjour,\n\nÀ bientôt.\n")
    return message


class Server:
    """A real SMTP server, whose answers the test chooses."""

    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.recipient_answers: dict[str, str] = {}
        self.data_answer = "250 OK"
        self.delay = 0.0
        self.hang_up = False

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipient_answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        if self.hang_up:
            server.transport.abort()
        if self.data_answer.startswith("250"):
            self.received.append(envelope)
        return self.data_answer


Listen = Callable[..., Controller]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def listen(server: Server) -> Iterator[Listen]:
    controllers: list[Controller] = []

    def start(**options: object) -> Controller:
        with socket.create_server(("127.0.0.1", 0)) as free:  # the controller cannot choose a port by itself
            port = free.getsockname()[1]
        controllers.append(Controller(server, hostname="127.0.0.1", port=port, **options))
        controllers[-1].start()
        return controllers[-1]

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture
def mailer(listen: Listen) -> SmtpMailer:
    return SmtpMailer(f"smtp://127.0.0.1:{listen().port}", timeout=5)


def test_a_message_is_sent(server: Server, mailer: SmtpMailer) -> None:
    mailer.send(letter())
    (envelope,) = server.received
    assert envelope.mail_from == "mairie@saint-veran.example"
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert isinstance(envelope.content, bytes)
    assert b"Message-ID: <1@saint-veran.example>" in envelope.content


def test_a_recipient_refused_for_good(server: Server, mailer: SmtpMailer) -> None:
    server.recipient_answers["ana@example.org"] = "550 No such user"
    with pytest.raises(MailRefused, match="550 No such user"):
        mailer.send(letter())


def test_a_recipient_refused_for_now(server: Server, mailer: SmtpMailer) -> None:
    server.recipient_answers["ana@example.org"] = "451 Greylisted"
    with pytest.raises(MailUnavailable, match="451 Greylisted"):
        mailer.send(letter())


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("552 Too big", MailRefused), ("554 Spam", MailRefused), ("452 Disk full", MailUnavailable)],
)
def test_a_message_refused(server: Server, mailer: SmtpMailer, answer: str, outcome: type[Exception]) -> None:
    server.data_answer = answer
    with pytest.raises(outcome, match=answer):
        mailer.send(letter())


def test_one_refusal_among_several_recipients_is_said_once_for_all(server: Server, mailer: SmtpMailer) -> None:
    server.recipient_answers["gone@example.org"] = "550 No such user"
    with pytest.raises(MailRefused, match=r"gone@example\.org"):
        mailer.send(letter("ana@example.org, gone@example.org"))
    assert [envelope.rcpt_tos for envelope in server.received] == [["ana@example.org"]]


def test_a_slow_server_is_not_waited_for(server: Server, listen: Listen) -> None:
    server.delay = 2
    with pytest.raises(MailUnavailable, match="timed out"):
        SmtpMailer(f"smtp://127.0.0.1:{listen().port}", timeout=0.3).send(letter())


def test_a_connection_closed_in_the_middle(server: Server, mailer: SmtpMailer) -> None:
    server.hang_up = True
    with pytest.raises(MailUnavailable):
        mailer.send(letter())


def test_no_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(MailUnavailable, match="refused"):
        SmtpMailer(f"smtp://127.0.0.1:{port}", timeout=5).send(letter())


def test_a_failed_good_bye_is_no_failure(server: Server, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    async def vanish(smtp: SMTP, argument: str) -> None:
        smtp.transport.abort()

    monkeypatch.setattr(SMTP, "smtp_QUIT", vanish)
    mailer = SmtpMailer(f"smtp://127.0.0.1:{listen().port}", timeout=5)
    mailer.send(letter())
    mailer.close()
    assert len(server.received) == 1


def test_messages_that_follow_one_another_share_a_connection(
    server: Server, mailer: SmtpMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    greetings: list[str] = []
    greet = SMTP.smtp_EHLO

    async def count(smtp: SMTP, hostname: str) -> None:
        greetings.append(hostname)
        await greet(smtp, hostname)

    monkeypatch.setattr(SMTP, "smtp_EHLO", count)
    server.recipient_answers["gone@example.org"] = "550 No such user"
    for turn in range(3):
        mailer.send(letter(identity=f"<{turn}@saint-veran.example>"))
    with pytest.raises(MailRefused):
        mailer.send(letter("gone@example.org"))
    mailer.send(letter())
    assert len(server.received) == 4
    assert len(greetings) == 1, "a refusal is no reason to greet again"
    mailer.reach()
    assert len(greetings) == 1
    monkeypatch.setattr("civique.services.mail.KEPT", 0.0)
    mailer.reach()
    assert len(greetings) == 2, "a connection that idled is not trusted"


def test_a_connection_that_the_server_closed_is_made_again(server: Server, listen: Listen) -> None:
    controller = listen()
    mailer = SmtpMailer(f"smtp://127.0.0.1:{controller.port}", timeout=5)
    mailer.send(letter())
    assert mailer._server is not None
    assert mailer._server.sock is not None
    mailer._server.sock.shutdown(socket.SHUT_RDWR)
    mailer.reach()
    mailer.send(letter(identity="<2@saint-veran.example>"))
    assert len(server.received) == 2


def slow(monkeypatch: pytest.MonkeyPatch, seconds: float, *commands: str) -> None:
    """Each of these commands is answered after a while."""
    for name in commands:
        real = getattr(SMTP, f"smtp_{name}")

        async def wait(smtp: SMTP, argument: str, real: Callable[..., Awaitable[None]] = real) -> None:
            await asyncio.sleep(seconds)
            await real(smtp, argument)

        monkeypatch.setattr(SMTP, f"smtp_{name}", wait)


def test_answers_each_in_time_are_not_added_up(server: Server, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each exchange keeps to its limit; together they would outlast the transaction that notes the message as sent."""
    slow(monkeypatch, 0.5, "MAIL", "RCPT", "DATA")
    mailer = SmtpMailer(f"smtp://127.0.0.1:{listen().port}", timeout=5, sending=0.8)
    with pytest.raises(MailUnavailable, match="not done within"):
        mailer.send(letter())
    assert server.received == [], "what is to be sent again was not taken"


def test_a_slow_greeting_is_not_counted_as_sending(
    server: Server, listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes before the transaction: it may last longer than a message may, once for all that follow."""
    slow(monkeypatch, 1.5, "EHLO")
    mailer = SmtpMailer(f"smtp://127.0.0.1:{listen().port}", timeout=5, sending=1)
    for turn in range(2):
        mailer.reach()
        mailer.send(letter(identity=f"<{turn}@saint-veran.example>"))
    assert len(server.received) == 2
    hurried = SmtpMailer(f"smtp://127.0.0.1:{listen().port}", timeout=5, greeting=1)
    with pytest.raises(MailUnavailable, match="not done within"):
        hurried.reach()


def test_a_server_that_refuses_to_serve(server: Server, listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            connection, _ = listener.accept()
            connection.sendall(b"554 no service\r\n")
            connection.close()

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(MailUnavailable, match="554"):
            SmtpMailer(f"smtp://127.0.0.1:{listener.getsockname()[1]}", timeout=5).reach()
        thread.join()


def authenticate(smtp: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"mairie@example.org", b"p@ss/word"), handled=False)


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
@pytest.mark.parametrize("password", ["p%40ss%2Fword", "wrong"])
def test_an_account(server: Server, listen: Listen, password: str) -> None:
    controller = listen(authenticator=authenticate, auth_required=True, auth_require_tls=False)
    mailer = SmtpMailer(f"smtp://mairie%40example.org:{password}@127.0.0.1:{controller.port}", timeout=5)
    if password == "wrong":
        with pytest.raises(MailUnavailable, match="535"):  # ours to repair: the message is not lost
            mailer.send(letter())
    else:
        mailer.send(letter())
        assert len(server.received) == 1


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, known to nobody, and its key."""
    chain, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            key,
            "-out",
            chain,
        ],
        check=True,
        capture_output=True,
    )
    return chain, key


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_encryption_needs_a_known_certificate(
    server: Server,
    listen: Listen,
    certificate: tuple[Path, Path],
    scheme: str,
    trusted: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain, key = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    controller = listen(**{"ssl_context" if scheme == "smtps" else "tls_context": context})
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    mailer = SmtpMailer(f"{scheme}://127.0.0.1:{controller.port}", timeout=5)
    if trusted:
        mailer.send(letter())
    else:
        with pytest.raises(MailUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            mailer.send(letter())
    assert len(server.received) == trusted


def test_starttls_is_not_given_up(server: Server, listen: Listen) -> None:
    with pytest.raises(MailUnavailable, match="STARTTLS"):
        SmtpMailer(f"smtp+starttls://127.0.0.1:{listen().port}", timeout=5).send(letter())
    assert server.received == []


@pytest.mark.parametrize("url", ["", "mail.example.org", "http://mail.example.org", "smtp://", "smtp+ssl://host"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="mail server"):
        SmtpMailer(url)


@defence("a header holds one line", replaced("civique.services.mail._check", lambda message: None))
def test_a_header_cannot_hold_a_line_break(mailer: SmtpMailer, server: Server, tmp_path: Path) -> None:
    message = letter()
    with pytest.raises(ValueError, match="linefeed"):
        message["Reply-To"] = "a@example.org\r\nBcc: everybody@example.org"
    loose = EmailMessage(policy=email.policy.compat32)  # type: ignore[arg-type]
    loose["Message-ID"], loose["From"], loose["To"] = "<1@x>", "a@example.org", "b@example.org"
    loose["Subject"] = "x\r\nBcc: everybody@example.org"
    for sender in (mailer, FolderMailer(tmp_path)):
        with pytest.raises(MailRefused, match="line break"):
            sender.send(loose)
    assert server.received == []


def test_a_message_without_identity_is_refused(tmp_path: Path) -> None:
    message = letter()
    del message["Message-ID"]
    with pytest.raises(MailRefused, match="Message-ID"):
        FolderMailer(tmp_path).send(message)


def test_the_folder_lists_the_newest_first(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail")
    for number in range(5):
        mailer.send(letter(f"p{number}@example.org", f"<{number}@saint-veran.example>"))
    listed = read_folder(tmp_path / "mail", limit=3)
    assert [message.recipients for message in listed] == [f"p{number}@example.org" for number in (4, 3, 2)]
    assert listed[0].subject == "Votre inscription à l’atelier"
    message = read_message(tmp_path / "mail", listed[0].name)
    assert message.get_content() == "Bonjour,\n\nÀ bientôt.\n"


def test_the_same_message_is_written_once_even_at_once(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path)
    threads = [threading.Thread(target=mailer.send, args=(letter(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_folder(tmp_path)) == 1
    assert {path.suffix for path in tmp_path.iterdir()} == {".eml", ""}, "only the message and the lock"


KILLED = """
import os, signal, sys
from pathlib import Path
from civique.services.mail import FolderMailer
from tests.services.test_mail import letter
setattr(os, sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
FolderMailer(Path(sys.argv[1])).send(letter())
"""


@pytest.mark.parametrize("moment", ["fsync", "rename"])
def test_a_message_whose_writing_was_killed_is_written(tmp_path: Path, moment: str) -> None:
    """What it had written of the message is not taken for the message."""
    command = [sys.executable, "-c", KILLED, str(tmp_path), moment]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert read_folder(tmp_path) == []
    FolderMailer(tmp_path).send(letter())
    assert [message.recipients for message in read_folder(tmp_path)] == ["ana@example.org"]
    assert {path.suffix for path in tmp_path.iterdir()} == {".eml", ""}


def test_a_folder_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "absent") == []


@pytest.mark.parametrize("name", ["", "..", "../secret.eml", "/etc/passwd", "a.eml", "1-2.eml", ".lock"])
def test_a_name_cannot_lead_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.eml").write_text("x")
    with pytest.raises(FileNotFoundError):
        read_message(tmp_path / "mail", name)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(MailUnavailable):
        FolderMailer(tmp_path / "mail").send(letter())
