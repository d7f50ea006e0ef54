# What the Python clients of the tests have at hand. Only the standard library.
import errno
import os
import select
import socket
import sys
import time

MPTCP = 262
SOL_MPTCP = 284
MPTCP_INFO = 1
IP_RECVERR = 11
IPV6_RECVERR = 25


def opened(address, kind, protocol=0, source=None):
    """A socket of the address's family, bound to a source address if one is given; nothing on it lasts longer than 5 s."""
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, kind, protocol)
    s.settimeout(5)
    if source:
        s.bind((source, 0))
    return s


def tcp(address, port, protocol=0, source=None):
    """A connected TCP (or MPTCP) socket."""
    s = opened(address, socket.SOCK_STREAM, protocol, source)
    s.connect((address, port))
    return s


def udp(address, source=None):
    """An unconnected UDP socket of the address's family."""
    return opened(address, socket.SOCK_DGRAM, source=source)


def connected_udp(address, port, source=None):
    """A connected UDP socket."""
    s = udp(address, source)
    s.connect((address, port))
    return s


def greeting(address, port, **kind):
    """What the greeting port of a backend says: its name."""
    with tcp(address, port, **kind) as s:
        return s.makefile().readline().strip()


def echo(s):
    """Who answers at the echo port that a socket is connected to: its name."""
    s.send(b'\n')
    return s.recv(100).decode().strip()


def echo_from(s, address, port):
    """Who answers a datagram of an unconnected socket: its name."""
    s.sendto(b'\n', (address, port))
    return s.recv(100).decode().strip()


def peer(address, port, **kind):
    """Who answers over TCP, and as whom it sees the client: its name, and the client's address and port."""
    return greeting(address, port, **kind)


def download(address, port, size, **kind):
    """Who sends this many bytes, after their digest was found right: its name."""
    import hashlib
    with tcp(address, port, **kind) as s, s.makefile('rwb') as stream:
        stream.write(b'get %d\n' % size)
        stream.flush()
        name, digest = stream.readline().decode().split()
        assert hashlib.sha256(stream.read()).hexdigest() == digest
        return name


def upload(address, port, size, **kind):
    """Who takes this many bytes and tells their digest rightly: its name."""
    import hashlib
    with tcp(address, port, **kind) as s, s.makefile('rwb') as stream:
        data = os.urandom(size)
        stream.write(b'put %d\n' % size + data)
        stream.flush()
        name, digest = stream.readline().decode().split()
        assert hashlib.sha256(data).hexdigest() == digest
        return name


def large_echo(s, size, tries=10):
    """Who answers a datagram of this size, with all of it, at the echo port that a socket is connected to.

    It is sent again, since what teaches somebody an MTU is lost; so answers to those of before may come still, and are passed over. Who learns
    it is told once (EMSGSIZE).
    """
    data = os.urandom(size)
    for _ in range(tries):
        try:
            s.send(data)
            name, answer = None, None
            while answer != data:
                name, answer = s.recv(1 << 16).split(b' ', 1)
            return name.decode()
        except TimeoutError:
            continue
        except OSError as e:
            if e.errno != errno.EMSGSIZE:
                raise
    raise TimeoutError(errno.ETIMEDOUT, 'no answer with all of it')


def icmp_error(address, port):
    """What the network says to a datagram: type and code of the ICMP error, and whose it is."""
    v6 = ':' in address
    with connected_udp(address, port) as s:
        s.setsockopt(*(socket.IPPROTO_IPV6, IPV6_RECVERR, 1) if v6 else (socket.IPPROTO_IP, IP_RECVERR, 1))
        s.send(b'')
        poll = select.poll()
        poll.register(s, 0)
        if not poll.poll(5000):
            raise TimeoutError(errno.ETIMEDOUT, 'no error came')
        error = s.recvmsg(0, 512, socket.MSG_ERRQUEUE)[1][0][2]
        sender = socket.inet_ntop(socket.AF_INET6, error[24:40]) if v6 else socket.inet_ntop(socket.AF_INET, error[20:24])
        return f'{error[5]} {error[6]} {sender}'


def held(name, make, tries=400):
    """The first of many sockets whose echo is a certain backend; the others are closed."""
    for _ in range(tries):
        s = make()
        if echo(s) == name:
            return s
        s.close()
    raise RuntimeError(f'{name} did not answer once in {tries} sockets')


def listening(address, port, v6only=None):
    """A listening TCP socket. Clients that it accepts are greeted by `greet`."""
    s = bound(address, port, socket.SOCK_STREAM, v6only)
    s.listen()
    return s


def bound(address, port, kind, v6only=None):
    """A socket that is bound to a port."""
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, kind)
    s.settimeout(5)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if v6only is not None:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    s.bind((address, port))
    return s


def greet(listener, name):
    """Greets everybody who connects with a name, for as long as the process lives."""
    import threading

    def serve():
        listener.settimeout(None)
        while True:
            with listener.accept()[0] as s:
                s.send(name.encode() + b'\n')
    threading.Thread(target=serve, daemon=True).start()


def attempt(action):
    """What came of it: its value as text, or the name of the error it ended with."""
    try:
        return str(action())
    except OSError as e:
        return errno.errorcode.get(e.errno, type(e).__name__)
