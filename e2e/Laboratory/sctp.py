# SCTP by hand, for kernels without it, as far as it takes to begin an association. Only the standard library.
#
#   serve NAME PORT                       answers each INIT to the port with an INIT ACK, whose cookie is the name and as whom it sees the client, and
#                                         that cookie, when it comes back, with a COOKIE ACK
#   ask ADDRESS PORT [SOURCE-PORT]        begins an association, and prints its cookie, or the name of the error that came instead
import errno
import os
import select
import socket
import struct
import sys

IPPROTO_SCTP = 132
INIT, INIT_ACK, COOKIE_ECHO, COOKIE_ACK, STATE_COOKIE = 1, 2, 10, 11, 7
HEADER = struct.Struct('!HHI')
CHUNK = struct.Struct('!BBH')
BEGINNING = struct.Struct('!IIHHI')
PARAMETER = struct.Struct('!HH')
START = 12


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return struct.pack('<I', crc ^ 0xffffffff)


def packet(sport, dport, to, kind, body=b''):
    """A packet of one chunk, for the association that the other side calls `to`."""
    ports = HEADER.pack(sport, dport, to)
    chunk = CHUNK.pack(kind, 0, CHUNK.size + len(body)) + body + bytes(-len(body) % 4)
    return ports + crc32c(ports + bytes(4) + chunk) + chunk


def beginning(tag, parameters=b''):
    """What INIT and INIT ACK have in them: this side calls the association `tag`."""
    return BEGINNING.pack(tag, 65536, 1, 1, tag) + parameters


def parsed(data):
    """Ports, the association it is for, and its first chunk: kind and body."""
    if crc32c(data[:8] + bytes(4) + data[START:]) != data[8:START]:
        raise ValueError(f'the checksum of {data.hex()} is wrong')
    sport, dport, to = HEADER.unpack_from(data)
    kind, _, length = CHUNK.unpack_from(data, START)
    return sport, dport, to, kind, data[START + CHUNK.size:START + length]


def raw(family):
    return socket.socket(family, socket.SOCK_RAW, IPPROTO_SCTP)


def received(s):
    """The next packet, and who sent it. IPv4's raw sockets give the IP header, too."""
    data, address = s.recvfrom(65536)
    return (data[(data[0] & 15) * 4:] if s.family == socket.AF_INET else data), address


def answer(name, address, sport, kind, body, tags):
    """The kind and the body of the answer, and the association it is for; None where there is none."""
    if kind == INIT:
        tags[address, sport], *_ = BEGINNING.unpack_from(body)
        cookie = f'{name} {address} {sport}'.encode()
        return INIT_ACK, beginning(1, PARAMETER.pack(STATE_COOKIE, PARAMETER.size + len(cookie)) + cookie), tags[address, sport]
    if kind == COOKIE_ECHO and body == f'{name} {address} {sport}'.encode():
        return COOKIE_ACK, b'', tags[address, sport]
    return None


def serve(name, port):
    sockets, tags = [raw(family) for family in (socket.AF_INET, socket.AF_INET6)], {}
    print('listening')
    while True:
        for s in select.select(sockets, [], [])[0]:
            data, address = received(s)
            try:
                sport, dport, _, kind, body = parsed(data)
                said = answer(name, address[0], sport, kind, body, tags) if dport == port else None
            except (ValueError, KeyError, struct.error) as e:
                print(f'{address[0]}: {e}', file=sys.stderr)
                continue
            if said:
                s.sendto(packet(port, sport, said[2], said[0], said[1]), address)


def expect(s, kind, port, sport, tag):
    """The body of the first chunk of this kind that comes for the client's port; it has to be from the port and for the association."""
    while True:
        there, here, to, found, body = parsed(received(s)[0])
        if (here, found) == (sport, kind):
            break
    if (there, to) != (port, tag):
        raise ValueError(f'from port {there} for association {to:08x}, and not from {port} for {tag:08x}')
    return body


def ask(address, port, sport):
    tag = int.from_bytes(os.urandom(4), 'big') | 1
    with raw(socket.AF_INET6 if ':' in address else socket.AF_INET) as s:
        s.settimeout(5)
        s.connect((address, 0))
        s.send(packet(sport, port, 0, INIT, beginning(tag)))
        body = expect(s, INIT_ACK, port, sport, tag)
        theirs, *_ = BEGINNING.unpack_from(body)
        _, length = PARAMETER.unpack_from(body, BEGINNING.size)
        cookie = body[BEGINNING.size + PARAMETER.size:BEGINNING.size + length]
        s.send(packet(sport, port, theirs, COOKIE_ECHO, cookie))
        expect(s, COOKIE_ACK, port, sport, tag)
    return cookie.decode()


if sys.argv[1] == 'serve':
    serve(sys.argv[2], int(sys.argv[3]))
else:
    try:
        print(ask(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 40000 + os.getpid() % 20000))
    except OSError as e:
        print(errno.errorcode.get(e.errno, type(e).__name__))
