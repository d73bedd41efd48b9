// The WebSocket: one connection for everything, and back again after a break where it was.

/** Header and picture of a binary message: four bytes with the header's length (little endian), JSON, bytes. */
export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { header, picture: new Uint8Array(buffer, 4 + length) };
}

export class Stream extends EventTarget {
  #socket = null;
  #watched = new Map(); // job -> { next: the first frame that is missing, view }
  #pause = 500;
  #ping = 0;
  #refs = new Map();
  #count = 0;

  constructor(token) {
    super();
    this.token = token;
    this.#open();
  }

  get open() { return this.#socket?.readyState === WebSocket.OPEN; }

  /** Answers are events too; `ref` tells which belongs to this message. */
  send(message) {
    if (this.open) this.#socket.send(JSON.stringify(message));
    return this.open;
  }

  /** Resolves with the `queued` event, or rejects with the `error`. */
  generate(recipe, view) {
    const ref = `g${++this.#count}`;
    return new Promise((resolve, reject) => {
      this.#refs.set(ref, { resolve, reject, view });
      // The key makes a repetition after a break the same job, not a second one.
      if (!this.send({ action: "generate", recipe, ref, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, ...view })) {
        this.#refs.delete(ref);
        reject({ message: "The connection is lost; it is being made again.", hint: "" });
      }
    });
  }

  watch(job, view, from = 0) {
    this.#watched.set(job, { next: from, view });
    this.send({ action: "watch", job, from, ...view });
  }

  stop(job) { this.send({ action: "stop", job }); }

  dry(job) { this.send({ action: "dry", job }); }

  /** For tests and impatient people: as if the network had gone. */
  drop() { this.#socket?.close(); }

  #open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/stream?token=${encodeURIComponent(this.token)}`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      this.#pause = 500;
      this.#tell("link", { state: "on" });
      for (const [job, { next, view }] of this.#watched) {
        socket.send(JSON.stringify({ action: "watch", job, from: next, ...view }));
      }
      clearInterval(this.#ping);
      this.#ping = setInterval(() => this.send({ action: "ping" }), 20000);
    };
    socket.onmessage = ({ data }) => typeof data === "string" ? this.#event(JSON.parse(data)) : this.#frame(data);
    socket.onclose = () => {
      clearInterval(this.#ping);
      this.#tell("link", { state: "lost" });
      for (const { reject } of this.#refs.values()) reject({ message: "The connection is lost; it is being made again.", hint: "" });
      this.#refs.clear();
      setTimeout(() => this.#open(), this.#pause);
      this.#pause = Math.min(8000, this.#pause * 2);
    };
  }

  #frame(buffer) {
    const { header, picture } = unpack(buffer);
    const watched = this.#watched.get(header.clip);
    if (watched && header.kind === "final") watched.next = header.index + 1;
    this.#tell("frame", { header, picture, arrived: performance.timeOrigin + performance.now() });
  }

  #event(event) {
    const asked = this.#refs.get(event.ref);
    if (event.type === "queued") {
      this.#watched.set(event.job, { next: 0, view: asked?.view ?? {} });
      this.#refs.delete(event.ref);
      asked?.resolve(event);
    } else if (event.type === "error" && asked) {
      this.#refs.delete(event.ref);
      asked.reject(event);
    } else if (["complete", "failed", "cancelled"].includes(event.type)) {
      this.#watched.delete(event.job);
    }
    this.#tell(event.type, event);
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
