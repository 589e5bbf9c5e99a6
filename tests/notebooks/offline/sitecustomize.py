"""Put on a kernel's path, this takes the network away: a lecture must run on a train."""

import socket

_connect = socket.socket.connect


def connect(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise OSError(f"a lecture tried to reach {address[0]}, but lectures run without a network")
    return _connect(self, address)


socket.socket.connect = connect
