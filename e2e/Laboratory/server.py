# The server of a laboratory pod: answers with the pod's name, over IPv4 and IPv6. Arguments: the name, the addresses. Only the standard library.
import asyncio
import hashlib
import socket
import sys

NAME, IPV4, IPV6 = sys.argv[1:]
MPTCP = 262
HTTP, GREETING, ECHO, PEER, BULK, DNS, MANY = 8080, 9000, 9007, 9008, 9009, 5353, range(20000, 20050)


async def http(reader, writer):
    while True:
        try:
            head = await reader.readuntil(b'\r\n\r\n')
        except (asyncio.IncompleteReadError, ConnectionError):
            break
        body = f'{NAME} sees {writer.get_extra_info("peername")[0]}\n' if head.startswith(b'GET /client ') else f'{NAME}\n'
        writer.write(f'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n{body}'.encode())
        if b'connection: close' in head.lower():
            break
    writer.close()


async def greeting(reader, writer):
    port = writer.get_extra_info('sockname')[1]
    writer.write(f'{NAME} {port}\n'.encode() if port in MANY else f'{NAME}\n'.encode())
    writer.close()


async def echo(reader, writer):
    try:
        while line := await reader.readline():
            writer.write(f'{NAME} '.encode() + line)
    except ConnectionError:
        pass
    writer.close()


def peer_of(address):
    return f'{NAME} {address[0]} {address[1]}\n'.encode()


async def peer(reader, writer):
    writer.write(peer_of(writer.get_extra_info('peername')))
    writer.close()


async def bulk(reader, writer):
    """A line says who sends how much: 'get N', or 'put N' and the bytes. The answer is a line with name and digest, and the bytes of 'get'."""
    try:
        verb, size = (await reader.readline()).split()
        data = hashlib.shake_128(size).digest(int(size)) if verb == b'get' else await reader.readexactly(int(size))
        writer.write(f'{NAME} {hashlib.sha256(data).hexdigest()}\n'.encode())
        if verb == b'get':
            writer.write(data)
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer):
        self.answer = answer

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        self.transport.sendto(self.answer(data, address), address)


def echoed(data, _):
    return f'{NAME} '.encode() + data


def dns(query, _):
    """An answer to a query of one question: the name that was asked for is this pod."""
    end = query.index(0, 12) + 5
    kind = int.from_bytes(query[end - 4:end - 2], 'big')
    address = {1: socket.inet_pton(socket.AF_INET, IPV4), 28: socket.inet_pton(socket.AF_INET6, IPV6)}.get(kind)
    count = 1 if address else 0
    header = query[:2] + b'\x84\x00\x00\x01' + count.to_bytes(2, 'big') + bytes(4)
    if not address:
        return header + query[12:end]
    return header + query[12:end] + b'\xc0\x0c' + query[end - 4:end] + (30).to_bytes(4, 'big') + len(address).to_bytes(2, 'big') + address


def bound(family, kind, port, protocol=0):
    s = socket.socket(family, kind, protocol)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind(('::' if family == socket.AF_INET6 else '0.0.0.0', port))
    s.setblocking(False)
    return s


async def serve():
    loop = asyncio.get_running_loop()
    servers = []
    for family in socket.AF_INET, socket.AF_INET6:
        for port, handler in [(HTTP, http), (GREETING, greeting), (ECHO, echo), (PEER, peer), (BULK, bulk), *((port, greeting) for port in MANY)]:
            listener = bound(family, socket.SOCK_STREAM, port, MPTCP)
            servers.append(await asyncio.start_server(handler, sock=listener, backlog=4096))
        for port, answer in (ECHO, echoed), (PEER, lambda _, address: peer_of(address)), (DNS, dns):
            await loop.create_datagram_endpoint(lambda answer=answer: Datagrams(answer), sock=bound(family, socket.SOCK_DGRAM, port))
    print('listening')
    await asyncio.Event().wait()


asyncio.run(serve())
