"""Answers datagrams with what they say ('serve ADDRESS PORT'), or asks for that, and says who answered ('ask ADDRESS PORT')."""
import socket
import sys

if sys.argv[1] == "serve":
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((sys.argv[2], int(sys.argv[3])))
    while True:
        data, peer = sock.recvfrom(100)
        sock.sendto(data, peer)

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(10)
sock.sendto(b"hello", (sys.argv[2], int(sys.argv[3])))
print(*sock.recvfrom(100))
