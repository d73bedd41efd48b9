// The page: settings from the model's card, the stage, queue and clips. Everything it asks for is in /openapi.json.
import { showAlerts } from "/alerts.js";
import { Pictures } from "/pictures.js";
import { Player } from "/player.js";
import { Stream } from "/stream.js";
import { t, translate } from "/words.js";

const $ = (id) => document.getElementById(id);
const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};
const seconds = (value, digits = value < 10 ? 1 : 0) => value.toFixed(digits);
const clock = (value) => `${Math.floor(value / 60)}:${(value % 60).toFixed(1).padStart(4, "0")}`;
const bytes = (value) => value > 2e9 ? `${(value / 1e9).toFixed(1)} GB` : `${Math.round(value / 1e6)} MB`;

let token = "";
let stream = null;
let models = [];
let running = null; // the `queued` event of the clip that the stage follows
let shown = null;   // the clip that the stage shows, when it is whole
const player = new Player($("canvas"));

// Calls

async function ask(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { Authorization: `Bearer ${token}`, ...options.headers } });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.error?.message ?? response.statusText), { status: response.status, hint: body.error?.hint ?? "" });
  return body;
}

async function fetchPicture(path) {
  const response = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(response.statusText);
  return response.blob();
}

const withToken = (path) => `${path}${path.includes("?") ? "&" : "?"}token=${encodeURIComponent(token)}`;

function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => { $("toast").hidden = true; }, 6000);
}

// Settings

const model = () => models.find(({ id }) => id === $("model").value) ?? models[0];
const fps = (card) => card.frame_rate[0] / card.frame_rate[1];
const choice = (name) => $("panel").querySelector(`input[name="${name}"]:checked`)?.value;
const random = () => Math.floor(Math.random() * 1e9);

/** What is set, in the accent; up to `have` in its dim form. */
function fillSlider(input, have = input.value) {
  const span = input.max - input.min || 1;
  input.style.setProperty("--part", `${(input.value - input.min) / span * 100}%`);
  input.style.setProperty("--have", `${(have - input.min) / span * 100}%`);
}

function radio(name, value, checked, ...content) {
  return make("label", {}, make("input", { type: "radio", name, value, checked }), ...content);
}

function shapeIcon([width, height]) {
  const icon = make("i", { ariaHidden: "true" });
  const scale = 15 / Math.max(width, height);
  icon.style.width = `${Math.round(width * scale)}px`;
  icon.style.height = `${Math.round(height * scale)}px`;
  return icon;
}

function aspect([width, height]) {
  const named = [[16, 9], [9, 16], [4, 3], [3, 4], [1, 1], [4, 5], [5, 4], [3, 2], [2, 3], [21, 9]];
  const near = named.find(([a, b]) => Math.abs(width / height - a / b) < 0.04);
  return near ? near.join(":") : `${width}x${height}`;
}

const pictures = new Pictures($("picture-choices"), {
  send: (file) => ask("/v1/pictures", { method: "POST", body: file }), changed: settingsChanged, failed: refuse,
});

/** Only what the model was trained for is offered. */
function showModel() {
  const card = model();
  if (!card) return;
  $("model-words").textContent = card.demonstration ? t("built in") : "";
  $("tiers").hidden = card.tiers.length < 2;
  $("tier-choices").replaceChildren(...card.tiers.map(({ id, steps }) => radio("tier", steps, steps === card.default_steps, t(id))));
  $("shapes").replaceChildren(...card.sizes.slice(0, 9).map((size, i) => {
    const label = radio("size", size.join("x"), i === 0, shapeIcon(size), aspect(size));
    label.title = size.join(" × ");
    return label;
  }));
  const stride = card.frame_stride;
  const most = card.max_frames || Math.round(30 * fps(card));
  Object.assign($("length"), { min: stride + 1, max: most - (most - 1) % stride, step: stride, value: card.default_frames });
  $("pictures").hidden = !pictures.show(card.inputs);
  $("steps-group").hidden = card.fixed_steps;
  Object.assign($("steps"), { max: Math.max(60, card.default_steps), value: card.default_steps });
  Object.assign($("guidance"), { value: card.default_guidance, disabled: !card.guidance_adjustable });
  $("negative").disabled = !card.guidance_adjustable;
  $("scheduler").replaceChildren(...card.schedulers.map((name) => make("option", { value: name, textContent: name })));
  $("examples").replaceChildren(...card.examples.slice(0, 3).map((text) => make("button", {
    type: "button", textContent: text, onclick: () => { $("prompt").value = text; settingsChanged(); },
  })));
  settingsChanged();
}

function recipe() {
  const card = model();
  const [width, height] = (choice("size") ?? "0x0").split("x").map(Number);
  const wanted = { prompt: $("prompt").value.trim(), model: card.id, width, height, frames: Number($("length").value), seed: Number($("seed").value) || 0 };
  if (!card.fixed_steps) wanted.steps = Number($("steps").value);
  if (card.guidance_adjustable) {
    wanted.guidance_scale = Number($("guidance").value);
    if ($("negative").value.trim()) wanted.negative_prompt = $("negative").value.trim();
  }
  if (pictures.recipe.length) wanted.inputs = pictures.recipe;
  if ($("scheduler").value && $("scheduler").value !== card.schedulers[0]) wanted.scheduler = $("scheduler").value;
  return wanted;
}

function applyRecipe(wanted) {
  $("model").value = wanted.model;
  showModel();
  $("prompt").value = wanted.prompt;
  $("negative").value = wanted.negative_prompt ?? "";
  $("seed").value = wanted.seed;
  const size = $("panel").querySelector(`input[name="size"][value="${wanted.width}x${wanted.height}"]`);
  if (size) size.checked = true;
  $("length").value = wanted.frames;
  $("steps").value = wanted.steps;
  $("guidance").value = wanted.guidance_scale;
  if (wanted.scheduler) $("scheduler").value = wanted.scheduler;
  settingsChanged();
}

function settingsChanged() {
  const card = model();
  if (!card) return;
  const frames = Number($("length").value);
  $("length-words").textContent = t("{0} s · {1} frames", seconds(frames / fps(card), 1), frames);
  $("steps-words").textContent = $("steps").value;
  const tier = $("panel").querySelector(`input[name="tier"][value="${$("steps").value}"]`);
  for (const input of $("panel").querySelectorAll('input[name="tier"]')) input.checked = input === tier;
  for (const slider of document.querySelectorAll('input[type="range"]')) fillSlider(slider);
  $("refusal").hidden = true;
  $("generate").disabled = !$("prompt").value.trim();
  clearTimeout(settingsChanged.timer);
  settingsChanged.timer = setTimeout(showPrice, 250);
}

async function showPrice() {
  const wanted = recipe();
  if (!wanted.prompt) { $("price").textContent = ""; return; }
  try {
    const price = await ask("/v1/price", { method: "POST", body: JSON.stringify(wanted) });
    $("price").textContent = `${t("about {0} s", seconds(Math.max(0.1, price.seconds)))} · ${bytes(price.memory_bytes)}`;
  } catch (error) {
    $("price").textContent = "";
    if (error.status === 422) refuse(error);
  }
}

function refuse({ message, hint }) {
  $("refusal").textContent = hint ? `${message} ${hint}` : message;
  $("refusal").hidden = false;
}

/** Every frame, however slow this connection is: the clip is played again from them when it is whole. */
const view = () => ({ size: $("full").checked ? "full" : "preview", late: "keep" });

async function generate() {
  if (!$("prompt").value.trim()) { $("prompt").focus(); return; }
  if ($("new-seed").checked) $("seed").value = random();
  $("refusal").hidden = true;
  try {
    await stream.generate(recipe(), view()); // the stage follows by the event
  } catch (error) {
    refuse({ ...error, message: t(error.message) });
  }
}

// Stage

function showVideo(clip) {
  $("video").hidden = !clip;
  $("canvas").hidden = Boolean(clip);
  if (clip) {
    $("video").src = withToken(`/v1/clips/${clip.id}/file`);
    $("video").muted = true;
    $("video").play().catch(() => {});
  } else {
    $("video").pause();
    $("video").removeAttribute("src");
  }
  transport();
}

function follow(queued) {
  running = queued;
  shown = null;
  showVideo(null);
  player.begin(queued.job, { fps: queued.frame_rate[0] / queued.frame_rate[1], frames: queued.frames });
  $("canvas").setAttribute("aria-label", `${t("Picture of the clip")}: ${queued.recipe.prompt}`);
  $("hint").hidden = true;
  $("pill").hidden = false;
  $("pill").textContent = queued.place > 0 ? t("Waiting") : t("Generating");
  $("pill").removeAttribute("data-bad");
  $("phase").textContent = "";
  $("run").hidden = true;
  setProgress(0, 0);
  showActions(null);
}

function setProgress(solid, dim) {
  $("solid").style.width = `${solid * 100}%`;
  $("dim").style.width = `${dim * 100}%`;
  $("track").setAttribute("aria-valuenow", Math.round(solid * 100));
}

function phaseWords({ phase, draft, block, blocks, step, steps }) {
  const before = draft ? `${t("Draft")} · ` : "";
  if (phase === "loading") return t("Loading model");
  if (phase === "text") return t("Reading prompt");
  if (phase === "finishing") return t("Writing file");
  if (blocks > 1) return before + t("Block {0} of {1}", block, blocks);
  return before + (phase === "decoding" ? t("Decoding") : t("Step {0} of {1}", step, steps));
}

function showProgress(progress) {
  if (progress.job !== running?.job) return;
  $("pill").textContent = progress.draft ? t("Draft") : t("Generating");
  $("phase").textContent = phaseWords(progress);
  setProgress(progress.draft ? progress.fraction : progress.decoded, progress.denoised);
  $("rate").textContent = progress.frame_rate > 0 ? t("{0} frames/s", progress.frame_rate.toFixed(0)) : "";
  $("left").textContent = progress.seconds_left === null ? "" : t("{0} s left", seconds(progress.seconds_left));
  $("stop").hidden = false;
}

function endRun(state) {
  $("stop").hidden = true;
  $("pill").textContent = state;
  $("pill").toggleAttribute("data-bad", state === t("Failed"));
  $("phase").textContent = "";
  $("rate").textContent = $("left").textContent = "";
  running = null;
}

function showFacts(clip) {
  const { report } = clip;
  const rows = [
    ["Load", report.load_seconds], ["Text", report.text_seconds], ["First frame", report.first_frame_seconds],
    ["Denoising", report.denoise_seconds], ["Decode", report.decode_seconds], ["Total", clip.seconds_to_make],
  ].filter(([, value]) => typeof value === "number" && value >= 0)
    .map(([name, value]) => [name, `${value.toFixed(2)} s`]);
  if (report.peak_memory_bytes) rows.push(["Memory", bytes(report.peak_memory_bytes)]);
  $("facts").replaceChildren(...rows.flatMap(([name, value]) => [make("dt", { textContent: t(name) }), make("dd", { textContent: value })]));
  $("run").hidden = rows.length === 0;
}

function showActions(clip) {
  shown = clip;
  $("download").hidden = $("copy").hidden = !clip;
  if (clip) {
    $("download").href = withToken(`/v1/clips/${clip.id}/file?download=1`);
    $("download").download = clip.name;
  }
  for (const button of $("clips").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(clip !== null && button.dataset.id === String(clip.id)));
  }
}

function completed(event) {
  refreshClips();
  if (event.job !== running?.job) return;
  endRun(event.cached ? t("There already") : event.state === "stopped" ? t("Stopped") : t("Finished"));
  setProgress(1, 1);
  player.complete();
  showFacts(event.clip);
  showActions(event.clip);
}

function failed(event) {
  if (event.job !== running?.job) return;
  endRun(event.type === "cancelled" ? t("Cancelled") : t("Failed"));
  if (event.type === "failed") refuse(event);
}

/** A clip of the library is played by the browser's own player. */
function videoTransport() {
  const video = $("video");
  const rate = shown ? fps(shown) : 1;
  $("scrub").max = shown ? shown.frames - 1 : 0;
  $("scrub").value = Math.round(video.currentTime * rate);
  fillSlider($("scrub"), $("scrub").max);
  $("time").textContent = clock(video.currentTime);
  $("total").textContent = clock(video.duration || 0);
  $("play").toggleAttribute("data-playing", !video.paused);
}

function transport() {
  if (!$("video").hidden) return videoTransport();
  const clip = player.clip;
  const rate = clip?.fps ?? 1;
  const count = Math.max(1, player.frames);
  $("scrub").max = count - 1;
  $("scrub").value = player.position;
  fillSlider($("scrub"), player.count - 1);
  $("time").textContent = clock(player.position / rate);
  $("total").textContent = clock(count / rate);
  $("play").toggleAttribute("data-playing", player.count > 0 && player.playing);
}

// Queue and clips

let refreshing = 0;

/** Many news in a moment are one look. */
function refreshQueue() {
  clearTimeout(refreshing);
  refreshing = setTimeout(async () => {
    try { showQueue((await ask("/v1/jobs")).jobs); } catch { /* the next news come */ }
  }, 80);
}

function showQueue(jobs) {
  const open = jobs.filter(({ state }) => ["running", "queued", "paused"].includes(state));
  const broken = jobs.filter(({ state }) => state === "failed").slice(0, 3);
  $("generate-words").textContent = open.length ? t("Queue") : t("Generate");
  $("queue-count").textContent = open.length || "";
  $("queue-empty").hidden = open.length + broken.length > 0;
  $("queue").replaceChildren(...[...open, ...broken].slice(0, 30).map((job) => {
    const card = make("li", {}, make("div", {},
      make("b", { textContent: job.recipe.prompt, title: job.recipe.prompt }),
      make("small", { textContent: job.failure ?? t(job.state) })));
    card.toggleAttribute("data-running", job.state === "running");
    card.toggleAttribute("data-failed", job.state === "failed");
    if (job.state !== "failed") {
      const label = job.state === "running" ? t("Stop") : t("Remove from the queue");
      card.append(make("button", { type: "button", textContent: "×", title: label, ariaLabel: `${label}: ${job.recipe.prompt}`, onclick: () => stream.stop(job.id) }));
    }
    return card;
  }));
}

let clipsAsked = 0;

async function refreshClips() {
  const turn = ++clipsAsked;
  await new Promise((done) => setTimeout(done, 80)); // many news in a moment are one look
  if (turn !== clipsAsked) return;
  let clips = [];
  try { ({ clips } = await ask("/v1/clips?limit=40")); } catch { return; }
  $("clips-empty").hidden = clips.length > 0;
  const known = new Map([...$("clips").children].map((item) => [item.firstChild.dataset.id, item]));
  $("clips").replaceChildren(...clips.map((clip) => known.get(String(clip.id)) ?? clipItem(clip)));
  showActions(shown);
}

function clipItem(clip) {
  const length = seconds(clip.frames / (clip.frame_rate[0] / clip.frame_rate[1]), 1);
  const label = clip.state === "finished" ? `${length} s` : t("stopped {0} s", length);
  const button = make("button", { type: "button", title: clip.recipe.prompt, onclick: () => openClip(clip) },
    make("img", { src: withToken(`/v1/clips/${clip.id}/poster`), alt: clip.recipe.prompt, loading: "lazy", onerror() { this.remove(); } }),
    make("span", { textContent: label }));
  button.dataset.id = clip.id;
  return make("li", {}, button);
}

function openClip(clip) {
  if (!running) { $("pill").hidden = true; $("phase").textContent = ""; setProgress(0, 0); }
  $("hint").hidden = true;
  showFacts(clip);
  showActions(clip);
  showVideo(clip);
  applyRecipe(clip.recipe);
  pictures.open(clip.recipe.inputs ?? [], (role) => fetchPicture(`/v1/clips/${clip.id}/pictures/${role}`));
  $("new-seed").checked = false;
}

// Everything together

function connect() {
  stream = new Stream(token);
  const on = (type, then) => stream.addEventListener(type, ({ detail }) => then(detail));
  on("link", ({ state }) => {
    document.getElementById("link").dataset.state = state;
    $("link-words").textContent = state === "on" ? t("Connected") : t("Connection lost");
    if (state === "on") { refreshQueue(); refreshClips(); }
  });
  on("queued", follow);
  on("progress", showProgress);
  on("frame", (frame) => player.add(frame));
  on("complete", completed);
  on("failed", failed);
  on("cancelled", failed);
  on("queue", () => { refreshQueue(); refreshClips(); });
  on("alert", ({ alerts }) => showAlerts($("alerts"), alerts));
  on("dropped", ({ from, to }) => toast(t("{0} frames were skipped: this connection is slower than the studio.", to - from)));
}

function playOrPause() {
  if ($("video").hidden) player.toggle();
  else $("video").paused ? $("video").play() : $("video").pause();
  transport();
}

function keys(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    generate();
  } else if (event.key === "Escape" && running) {
    stream.stop(running.job);
  } else if (!event.target.matches("input, textarea, select, button, summary, a, video")) {
    if (event.key === " ") { event.preventDefault(); playOrPause(); }
    if (event.key === "ArrowLeft") player.seek(player.position - 1);
    if (event.key === "ArrowRight") player.seek(player.position + 1);
  }
}

function listen() {
  $("panel").addEventListener("submit", (event) => { event.preventDefault(); generate(); });
  $("panel").addEventListener("input", (event) => {
    if (event.target.name === "tier") $("steps").value = event.target.value;
    if (event.target === $("model")) showModel();
    settingsChanged();
  });
  $("dice").onclick = () => { $("seed").value = random(); settingsChanged(); };
  $("stop").onclick = () => running && stream.stop(running.job);
  $("play").onclick = playOrPause;
  $("live").onchange = () => { player.live = $("live").checked; };
  $("scrub").oninput = () => {
    if ($("video").hidden) player.seek(Number($("scrub").value));
    else $("video").currentTime = Number($("scrub").value) / fps(shown);
  };
  for (const news of ["timeupdate", "play", "pause", "loadedmetadata"]) $("video").addEventListener(news, transport);
  $("copy").onclick = async () => { await navigator.clipboard.writeText(JSON.stringify(shown.recipe)); toast(t("Recipe copied.")); };
  player.addEventListener("moved", transport);
  player.addEventListener("dry", ({ detail }) => stream.dry(detail.job));
  addEventListener("keydown", keys);
}

function theme() {
  const light = matchMedia("(prefers-color-scheme: light)");
  const set = () => { document.documentElement.dataset.theme = localStorage.theme ?? (light.matches ? "light" : "dark"); };
  light.addEventListener("change", set);
  $("theme").onclick = () => { localStorage.theme = document.documentElement.dataset.theme === "light" ? "dark" : "light"; set(); };
  set();
}

async function enter() {
  try {
    ({ models } = await ask("/v1/models"));
  } catch (error) {
    if (error.status === 401 && token) toast(t("Wrong token."));
    $("key").hidden = false;
    $("link").hidden = true;
    $("token").focus();
    return;
  }
  sessionStorage.token = token;
  $("key").hidden = true;
  $("link").hidden = false;
  $("desk").hidden = false;
  $("model").replaceChildren(...models.map(({ id, name }) => make("option", { value: id, textContent: name })));
  showModel();
  connect();
}

translate(document);
theme();
listen();
const given = new URLSearchParams(location.search).get("token");
token = given ?? sessionStorage.token ?? "";
if (given) { // not where a glance or the history shows it
  const rest = new URL(location.href);
  rest.searchParams.delete("token");
  history.replaceState(null, "", rest);
}
$("key").addEventListener("submit", (event) => { event.preventDefault(); token = $("token").value.trim(); enter(); });
window.rushes = { player, get stream() { return stream; }, get running() { return running; } }; // for tests and the curious
enter();
