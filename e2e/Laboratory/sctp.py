# SCTP by hand, for kernels without it, as far as its first two packets. Only the standard library.
#
#   serve NAME PORT                       answers each INIT to the port with an INIT ACK, whose cookie is the name and as whom it sees the client
#   ask ADDRESS PORT [SOURCE-PORT]        sends an INIT, and prints the cookie of the INIT ACK, or the name of the error that came instead
import errno
import os
import select
import socket
import struct
import sys

IPPROTO_SCTP = 132
INIT, INIT_ACK, STATE_COOKIE = 1, 2, 7
HEADER = struct.Struct('!HHI')
CHUNK = struct.Struct('!BBHIIHHI')
PARAMETER = struct.Struct('!HH')
START = 12


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return struct.pack('<I', crc ^ 0xffffffff)


def packet(sport, dport, to, kind, tag, parameters=b''):
    """A packet of one chunk. It is for the association that the other side calls `to`; this side calls it `tag`."""
    ports = HEADER.pack(sport, dport, to)
    chunk = CHUNK.pack(kind, 0, CHUNK.size + len(parameters), tag, 65536, 1, 1, tag) + parameters + bytes(-len(parameters) % 4)
    return ports + crc32c(ports + bytes(4) + chunk) + chunk


def parsed(data):
    """Ports, the association it is for, its first chunk's kind, the sender's name for the association, and the chunk's parameters."""
    if crc32c(data[:8] + bytes(4) + data[START:]) != data[8:START]:
        raise ValueError(f'the checksum of {data.hex()} is wrong')
    sport, dport, to = HEADER.unpack_from(data)
    kind, _, length, tag, *_ = CHUNK.unpack_from(data, START)
    return sport, dport, to, kind, tag, data[START + CHUNK.size:START + length]


def raw(family):
    return socket.socket(family, socket.SOCK_RAW, IPPROTO_SCTP)


def received(s):
    """The next packet, and who sent it. IPv4's raw sockets give the IP header, too."""
    data, address = s.recvfrom(65536)
    return (data[(data[0] & 15) * 4:] if s.family == socket.AF_INET else data), address


def serve(name, port):
    sockets = [raw(family) for family in (socket.AF_INET, socket.AF_INET6)]
    print('listening')
    while True:
        for s in select.select(sockets, [], [])[0]:
            data, address = received(s)
            try:
                sport, dport, _, kind, tag, _ = parsed(data)
            except (ValueError, struct.error) as e:
                print(f'{address[0]}: {e}', file=sys.stderr)
                continue
            if dport == port and kind == INIT:
                cookie = f'{name} {address[0]} {sport}'.encode()
                parameter = PARAMETER.pack(STATE_COOKIE, PARAMETER.size + len(cookie)) + cookie
                s.sendto(packet(port, sport, tag, INIT_ACK, 1, parameter), address)


def ask(address, port, sport):
    tag = int.from_bytes(os.urandom(4), 'big') | 1
    with raw(socket.AF_INET6 if ':' in address else socket.AF_INET) as s:
        s.settimeout(5)
        s.connect((address, 0))
        s.send(packet(sport, port, 0, INIT, tag))
        while True:
            data, _ = received(s)
            there, here, to, kind, _, parameters = parsed(data)
            if here == sport and kind == INIT_ACK:
                break
    if (there, to) != (port, tag):
        raise ValueError(f'from port {there} for association {to:08x}, and not from {port} for {tag:08x}')
    kind, length = PARAMETER.unpack_from(parameters)
    return parameters[PARAMETER.size:length].decode()


if sys.argv[1] == 'serve':
    serve(sys.argv[2], int(sys.argv[3]))
else:
    try:
        print(ask(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 40000 + os.getpid() % 20000))
    except OSError as e:
        print(errno.errorcode.get(e.errno, type(e).__name__))
