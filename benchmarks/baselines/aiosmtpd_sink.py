"""aiosmtpd as a sink that discards: aiosmtpd_sink.py PORT"""
import asyncio
import sys

from aiosmtpd.smtp import SMTP


class Discard:
    async def handle_DATA(self, server, session, envelope):
        return "250 discarded"


async def main(port):
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(Discard(), hostname="bench.example", data_size_limit=1 << 30), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1])))
