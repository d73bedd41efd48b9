#!/usr/bin/env node
// Asks a running `rushes serve` for a clip, saves each frame as it is made, and the file at the end.
//
//     node stream.js http://127.0.0.1:8800 TOKEN "a red ball bounces over the sea" FOLDER
//
// In a browser, and in Node.js 22 or newer, WebSocket is built in, and `watch` is all that is needed; for older ones there
// is a small one below, of the standard modules.
const fs = require("node:fs");
const path = require("node:path");

/** Calls `on.frame(header, picture)` and `on.event(event)` until the clip is complete; resolves with that event. */
function watch(url, token, recipe, on) {
  return new Promise((resolve, reject) => {
    const Socket = globalThis.WebSocket ?? SmallWebSocket;
    const socket = new Socket(`${url.replace(/^http/, "ws")}/v1/stream?token=${encodeURIComponent(token)}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ action: "generate", recipe, late: "keep", size: "full" }));
    socket.onerror = () => reject(new Error("the connection failed: is the address right, and the token?"));
    socket.onclose = () => reject(new Error("the connection ended"));
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") {
        const length = new DataView(data).getUint32(0, true);
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
        on.frame(header, new Uint8Array(data, 4 + length));
        return;
      }
      const event = JSON.parse(data);
      on.event(event);
      if (event.type === "complete") { resolve(event); socket.close(); }
      if (["failed", "error", "cancelled"].includes(event.type)) { reject(new Error(event.message ?? event.type)); socket.close(); }
    };
  });
}

class SmallWebSocket {
  constructor(url) {
    const { hostname, port, pathname, search } = new URL(url);
    const request = require("node:http").request({ hostname, port, path: pathname + search, headers: {
      Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": 13, "Sec-WebSocket-Key": require("node:crypto").randomBytes(16).toString("base64") } });
    request.on("upgrade", (_, socket, head) => {
      this.socket = socket;
      let bytes = head;
      socket.on("data", (more) => { bytes = this.#read(Buffer.concat([bytes, more])); });
      socket.on("close", () => this.onclose());
      this.onopen();
      bytes = this.#read(bytes);
    });
    request.on("response", () => this.onerror());
    request.on("error", () => this.onerror());
    request.end();
  }

  send(text, opcode = 1) {
    const payload = Buffer.from(text);
    const head = payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255];
    const mask = Buffer.from([1, 2, 3, 4]);
    this.socket.write(Buffer.concat([Buffer.from([0x80 | opcode, ...head]), mask, payload.map((byte, i) => byte ^ mask[i % 4])]));
  }

  close() { this.onclose = () => {}; this.socket.end(); }

  /** Takes whole frames out of `bytes` and gives back the rest. */
  #read(bytes) {
    while (bytes.length >= 2) {
      const extra = { 126: 2, 127: 8 }[bytes[1]] ?? 0;
      if (bytes.length < 2 + extra) break;
      const length = extra === 2 ? bytes.readUInt16BE(2) : extra === 8 ? Number(bytes.readBigUInt64BE(2)) : bytes[1];
      if (bytes.length < 2 + extra + length) break;
      const payload = bytes.subarray(2 + extra, 2 + extra + length);
      const opcode = bytes[0] & 15;
      if (opcode === 9) this.send(payload, 10); // ping: answer, so that the server knows we are here
      else if (opcode === 1) this.onmessage({ data: payload.toString() });
      else if (opcode === 2) this.onmessage({ data: payload.buffer.slice(payload.byteOffset, payload.byteOffset + length) });
      bytes = bytes.subarray(2 + extra + length);
    }
    return bytes;
  }
}

async function main(url, token, prompt, folder) {
  fs.mkdirSync(folder, { recursive: true });
  const complete = await watch(url, token, { prompt }, {
    frame({ kind, index }, picture) {
      if (kind === "final") fs.writeFileSync(path.join(folder, `frame-${String(index).padStart(4, "0")}.webp`), picture);
    },
    event({ type, phase, fraction }) { if (type === "progress") console.error(`${phase} ${Math.round(fraction * 100)}%`); },
  });
  const file = await fetch(url + complete.file, { headers: { Authorization: `Bearer ${token}` } });
  const name = path.join(folder, complete.clip.name);
  fs.writeFileSync(name, Buffer.from(await file.arrayBuffer()));
  console.log(name);
}

if (process.argv.length === 6) main(...process.argv.slice(2)).catch(({ message }) => { console.error(message); process.exit(1); });
else { console.error('node stream.js URL TOKEN "PROMPT" FOLDER'); process.exit(2); }
