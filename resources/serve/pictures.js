// The pictures that a clip starts from: chosen here and sent, or those of a clip that is opened again. The recipe names
// them by their hash.
import { t } from "/words.js";

const names = { image: "First picture", last_image: "Last picture" };

/** One of them. The latest choice wins, however long an earlier one takes to be sent. */
class Field {
  hash = "";
  #turn = 0;

  constructor(role, { send, changed, failed }) {
    Object.assign(this, { role, send, changed, failed });
    this.element = Object.assign(document.createElement("div"), { className: "picture" });
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: t(names[role]) });
    this.image = Object.assign(document.createElement("img"), { alt: "", hidden: true });
    this.words = document.createElement("span");
    this.input = Object.assign(document.createElement("input"), { type: "file", id: `picture-${role}`, accept: "image/png,image/jpeg,image/webp" });
    const button = Object.assign(document.createElement("label"), { className: "file" });
    button.append(this.input, this.words);
    this.remove = Object.assign(document.createElement("button"), { type: "button", textContent: "\u00d7", className: "square", title: t("Remove the picture") });
    this.remove.setAttribute("aria-label", `${t("Remove the picture")}: ${t(names[role])}`);
    this.input.onchange = () => this.choose(this.input.files[0]);
    this.remove.onclick = () => { this.clear(); this.input.focus(); this.changed(); };
    this.element.append(name, this.image, button, this.remove);
    this.clear();
  }

  /** Sends it; nothing when there is no file. */
  async choose(file) {
    if (!file) return;
    const turn = this.#begin(t("Sending …"));
    try {
      const { hash } = await this.send(file);
      this.#end(turn, hash, file);
    } catch (error) {
      this.#fail(turn, error);
    }
  }

  /** That of a clip: `load` gives what it looks like, when it is still there. */
  async open(hash, load) {
    const turn = this.#begin("");
    try {
      this.#end(turn, hash, await load());
    } catch {
      this.#fail(turn, { message: t("The picture of this clip is not here any more. Choose it again."), hint: "" });
    }
  }

  clear() {
    this.#begin("");
    this.input.value = "";
  }

  #begin(words) {
    this.#show("", null, words);
    return ++this.#turn;
  }

  #end(turn, hash, picture) {
    if (turn !== this.#turn) return; // another one was chosen meanwhile
    this.#show(hash, picture, "");
    this.changed();
  }

  #fail(turn, error) {
    if (turn !== this.#turn) return;
    this.clear();
    this.failed(error);
  }

  #show(hash, picture, words) {
    this.hash = hash;
    if (this.image.src) URL.revokeObjectURL(this.image.src);
    this.image.hidden = this.remove.hidden = !picture;
    picture ? this.image.src = URL.createObjectURL(picture) : this.image.removeAttribute("src");
    this.words.textContent = words || (picture ? t("Choose another …") : t("Choose a picture …"));
    this.input.setAttribute("aria-label", `${t(names[this.role])}: ${this.words.textContent}`);
  }
}

export class Pictures {
  #fields = new Map(); // by role

  /** `send(file)` gives {hash}; `changed()` is called when the recipe is another one. */
  constructor(place, calls) {
    Object.assign(this, { place, calls });
  }

  /** The roles of a model that the page can fill. What was chosen for one of them stays. */
  show(inputs) {
    const roles = inputs.map(({ role }) => role).filter((role) => role in names);
    this.#fields = new Map(roles.map((role) => [role, this.#fields.get(role) ?? new Field(role, this.calls)]));
    this.place.replaceChildren(...[...this.#fields.values()].map(({ element }) => element));
    return roles.length > 0;
  }

  /** Those of a recipe, and no others. `load(role)` gives the picture. */
  open(inputs, load) {
    for (const [role, field] of this.#fields) {
      const wanted = inputs.find((input) => input.role === role);
      wanted ? field.open(wanted.hash, () => load(role)) : field.clear();
    }
  }

  get recipe() {
    return [...this.#fields.values()].filter(({ hash }) => hash).map(({ role, hash }) => ({ role, hash }));
  }
}
