"""A real SMTP server (aiosmtpd) that misbehaves to order. It prints a JSON line for where it listens and for each thing that happens.

Usage: smtp.py PORT TLS FAULT TIMES [CERTIFICATE KEY]

TLS is plain, starttls or implicit; with the last two it wants user and password. FAULT strikes the first TIMES connections:
greeting (a 4xx greeting), silent (no answer after DATA), cut (the connection ends after DATA, the mail is kept), login (the
password is refused), refuse (the recipient is refused for good), none.
"""

import asyncio
import json
import logging
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult

PORT, TLS, FAULT, TIMES = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
# What aiosmtpd says about broken connections and its own options is no news here.
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
USER, PASSWORD = b"counter", b"hunter2"
strikes = 0


def tell(**what):
    print(json.dumps(what), flush=True)


def strikes_now(fault):
    global strikes
    if fault != FAULT or strikes >= TIMES:
        return False
    strikes += 1
    tell(struck=fault)
    return True


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if strikes_now("refuse"):
            return f"550 5.1.1 no mailbox {address} here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if strikes_now("silent"):
            await asyncio.Event().wait()
        cut = strikes_now("cut")
        tell(
            mail=envelope.content.decode("ascii"),
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            encrypted=server.transport.get_extra_info("ssl_object") is not None,
            user=session.auth_data,
        )
        if cut:
            server.transport.abort()
            await asyncio.Event().wait()
        return "250 OK"


class Server(SMTP):
    async def _handle_client(self):
        if strikes_now("greeting"):
            await self.push("421 4.3.2 too busy")
            self.transport.close()
            return
        await super()._handle_client()


def authenticate(server, session, envelope, mechanism, login):
    sound = not strikes_now("login") and login.login == USER and login.password == PASSWORD
    return AuthResult(success=sound, handled=False, auth_data=login.login.decode() if sound else None)


def server(context):
    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": TLS == "starttls"} if context else {}
    if TLS == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    return Server(Handler(), hostname="mail.example.org", **options)


async def main():
    context = None
    if TLS != "plain":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[5], sys.argv[6])
    wrapper = context if TLS == "implicit" else None
    listening = await asyncio.get_running_loop().create_server(lambda: server(context), "127.0.0.1", PORT, ssl=wrapper)
    tell(port=listening.sockets[0].getsockname()[1])
    await listening.serve_forever()


asyncio.run(main())
