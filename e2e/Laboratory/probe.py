# What the Python clients of the tests have at hand. Only the standard library.
import errno
import socket
import sys
import time

MPTCP = 262
SOL_MPTCP = 284
MPTCP_INFO = 1


def tcp(address, port, protocol=0, family=None):
    """A connected TCP (or MPTCP) socket; nothing on it lasts longer than 5 s."""
    s = socket.socket(family or (socket.AF_INET6 if ':' in address else socket.AF_INET), socket.SOCK_STREAM, protocol)
    s.settimeout(5)
    s.connect((address, port))
    return s


def udp(address):
    """An unconnected UDP socket of the address's family."""
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(5)
    return s


def greeting(address, port, **kind):
    """What the greeting port of a backend says: its name."""
    with tcp(address, port, **kind) as s:
        return s.makefile().readline().strip()


def attempt(action):
    """What came of it: its value as text, or the name of the error it ended with."""
    try:
        return str(action())
    except OSError as e:
        return errno.errorcode.get(e.errno, type(e).__name__)
