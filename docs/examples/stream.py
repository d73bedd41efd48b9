#!/usr/bin/env python3
"""Asks a running `rushes serve` for a clip, saves each frame as it is made, and the file at the end.

    python3 stream.py http://127.0.0.1:8800 TOKEN "a red ball bounces over the sea" FOLDER

Standard library only, so the WebSocket (RFC 6455) is spoken by hand; with a package for it the first half goes."""
import base64, json, os, pathlib, socket, struct, sys, urllib.parse, urllib.request


class Stream:
    def __init__(self, url, token):
        where = urllib.parse.urlparse(url)
        self.file = socket.create_connection((where.hostname, where.port)).makefile("rwb")
        key = base64.b64encode(os.urandom(16)).decode()
        self.file.write((f"GET /v1/stream HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nAuthorization: Bearer {token}\r\n\r\n").encode())
        self.file.flush()
        status = self.file.readline().decode()
        if " 101 " not in status:
            sys.exit(f"refused: {status.strip()}")
        while self.file.readline().strip():
            pass

    def send(self, opcode, payload):
        mask = os.urandom(4)
        length = struct.pack("!B", 0x80 | len(payload)) if len(payload) < 126 else struct.pack("!BH", 0xFE, len(payload))
        self.file.write(bytes([0x80 | opcode]) + length + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)))
        self.file.flush()

    def receive(self):
        """The next message: ("event", dict) or ("frame", header, picture)."""
        opcode, message = 0, b""
        while True:
            first, length = self.file.read(2)
            if length >= 126:
                length = int.from_bytes(self.file.read(2 if length == 126 else 8), "big")
            payload = self.file.read(length)
            if first & 0x0F == 9:  # ping: answer, so that the server knows we are here
                self.send(10, payload)
                continue
            opcode, message = first & 0x0F or opcode, message + payload
            if first & 0x80:
                break
        if opcode == 1:
            return "event", json.loads(message)
        if opcode != 2:
            sys.exit("the server ended the connection")
        end = 4 + struct.unpack("<I", message[:4])[0]
        return "frame", json.loads(message[4:end]), message[end:]


def main(url, token, prompt, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stream = Stream(url, token)
    stream.send(1, json.dumps({"action": "generate", "recipe": {"prompt": prompt}, "late": "keep", "size": "full"}).encode())
    while True:
        kind, *what = stream.receive()
        if kind == "frame":
            header, picture = what
            if header["kind"] == "final":
                (folder / f"frame-{header['index']:04}.webp").write_bytes(picture)
            continue
        event = what[0]
        if event["type"] == "progress":
            print(f"{event['phase']} {event['fraction']:.0%}", file=sys.stderr)
        elif event["type"] in ("failed", "error", "cancelled"):
            sys.exit(event.get("message", event["type"]))
        elif event["type"] == "complete":
            ask = urllib.request.Request(url + event["file"], headers={"Authorization": f"Bearer {token}"})
            (folder / event["clip"]["name"]).write_bytes(urllib.request.urlopen(ask).read())
            print(folder / event["clip"]["name"])
            return


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
