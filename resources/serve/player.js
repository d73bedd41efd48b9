// Frames on the canvas. Pictures wait as they came (WebP, small); only a few are decoded ahead of the playhead.
// Plays once some are there, loops over what exists, and holds the last frame when the next one is late.

const START = 5; // frames, before it plays
const AHEAD = 8; // decoded

const now = () => performance.timeOrigin + performance.now();

export class Player extends EventTarget {
  #canvas; #context;
  #frames = new Map(); // index -> Blob, of the kind that is shown
  #ready = new Map();  // index -> ImageBitmap
  #decoding = new Set();
  #clip = null;        // { job, fps, frames, kind }
  #position = 0;       // the frame that is shown
  #due = 0;            // when the next one is, in ms
  #held = false;
  #drawn = 0;          // pictures that were asked for in order: an older one never covers a newer one
  #asked = 0;
  playing = true;
  live = false;        // each frame when it comes
  shown = [];          // what was drawn when, for measurements

  constructor(canvas) {
    super();
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    canvas.dataset.empty = "";
    const tick = (time) => { this.#tick(time); requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
  }

  get clip() { return this.#clip; }
  get position() { return this.#position; }
  get held() { return this.#held; }
  get count() { return this.#frames.size; }
  get frames() { return this.#clip?.frames ?? 0; }

  /** The old picture stays until the new clip's first one is there. */
  begin(job, { fps, frames }) {
    this.#clip = { job, fps, frames, kind: null, complete: false };
    this.#forget();
    this.playing = true;
    this.shown = [];
    this.#moved();
  }

  complete() {
    if (this.#clip) { this.#clip.complete = true; this.#clip.frames = this.#last() + 1; this.#moved(); }
  }

  add({ header, picture, arrived }) {
    const clip = this.#clip;
    if (!clip || header.clip !== clip.job) return;
    const blob = new Blob([picture], { type: "image/webp" });
    const rank = { preview: 0, draft: 1, final: 2 };
    if (clip.kind && rank[header.kind] < rank[clip.kind]) return;
    if (header.kind === "preview") {
      clip.kind = "preview";
      this.#show(blob, header, arrived);
      return;
    }
    const first = clip.kind !== header.kind;
    if (first) { // drafts after previews, final frames after drafts: from the beginning
      clip.kind = header.kind;
      this.#forget();
    }
    this.#frames.set(header.index, blob);
    if (first || this.live) {
      this.#position = header.index;
      this.#show(blob, header, arrived);
    } else {
      this.#decodeAhead();
    }
    this.#moved();
  }

  seek(index) {
    this.playing = false;
    this.#go(Math.max(0, Math.min(index, this.#last())));
  }

  toggle() {
    this.playing = !this.playing;
    this.#due = 0;
    this.#moved();
  }

  #forget() {
    this.#frames.clear();
    for (const bitmap of this.#ready.values()) bitmap.close();
    this.#ready.clear();
    this.#decoding.clear();
    this.#position = 0;
    this.#due = 0;
    this.#held = false;
  }

  #last() { return this.#frames.size ? Math.max(...this.#frames.keys()) : 0; }

  #go(index) {
    const blob = this.#frames.get(index);
    if (!blob) return;
    this.#position = index;
    this.#show(blob, { clip: this.#clip.job, index, kind: this.#clip.kind }, 0);
    this.#moved();
  }

  async #show(blob, header, arrived) {
    const turn = ++this.#asked;
    const clip = this.#clip;
    let bitmap;
    try { bitmap = await createImageBitmap(blob); } catch { return; } // a broken picture is left out
    if (turn > this.#drawn && clip === this.#clip) {
      this.#drawn = turn;
      this.#draw(bitmap);
      this.shown.push({ kind: header.kind, index: header.index, made: header.made_ms ?? 0, arrived, shown: now() });
    }
    bitmap.close();
  }

  #draw(bitmap) {
    if (this.#canvas.width !== bitmap.width || this.#canvas.height !== bitmap.height) {
      this.#canvas.width = bitmap.width;
      this.#canvas.height = bitmap.height;
    }
    this.#context.drawImage(bitmap, 0, 0);
    if ("empty" in this.#canvas.dataset) delete this.#canvas.dataset.empty;
  }

  #decodeAhead() {
    for (let i = 1; i <= AHEAD; ++i) {
      const index = this.#next(this.#position, i);
      const blob = this.#frames.get(index);
      if (!blob || this.#ready.has(index) || this.#decoding.has(index)) continue;
      this.#decoding.add(index);
      const clip = this.#clip;
      createImageBitmap(blob).then((bitmap) => {
        if (clip === this.#clip && this.#decoding.delete(index)) this.#ready.set(index, bitmap);
        else bitmap.close();
      }, () => this.#frames.delete(index));
    }
  }

  /** So many frames on; a clip that is whole begins again. Frames come in order: what is missing before a later one
      was skipped, and is passed over. */
  #next(index, step) {
    let next = index;
    for (let i = 0; i < step; ++i) {
      const last = this.#last();
      do { ++next; } while (next < last && !this.#frames.has(next));
      if (next > last && this.#clip?.complete) next = Math.min(...this.#frames.keys());
    }
    return next;
  }

  #tick(time) {
    const clip = this.#clip;
    if (!clip || !this.playing || this.live && !clip.complete || this.#frames.size === 0) return;
    if (!this.#due) {
      if (this.#frames.size < START && !clip.complete) return;
      this.#due = time + 1000 / clip.fps;
      this.#decodeAhead();
      return;
    }
    if (time < this.#due) return;
    const next = this.#next(this.#position, 1);
    const bitmap = this.#ready.get(next);
    if (!bitmap) {
      this.#decodeAhead();
      if (!this.#held && !this.#frames.has(next)) {
        this.#held = true; // the last frame stays; somebody may want to know
        if (!clip.complete && next < clip.frames) this.dispatchEvent(new CustomEvent("dry", { detail: { job: clip.job } }));
      }
      return;
    }
    this.#held = false;
    this.#ready.delete(next);
    this.#drawn = ++this.#asked;
    this.#draw(bitmap);
    bitmap.close();
    this.#position = next;
    // By the clock, so that small delays do not add up; after a long one it goes on from here.
    this.#due = time - this.#due > 200 ? time + 1000 / clip.fps : this.#due + 1000 / clip.fps;
    this.#decodeAhead();
    this.#moved();
  }

  #moved() { this.dispatchEvent(new Event("moved")); }
}
