// The pictures that a clip starts from: chosen here, sent once, named by their hash in the recipe.
import { t } from "/words.js";

const names = { image: "First picture", last_image: "Last picture" };

export class Pictures {
  #chosen = new Map(); // role -> hash
  #asked = 0;

  /** `send(file)` gives {hash}; `changed()` is called when the recipe is another one. */
  constructor(place, { send, changed, failed }) {
    Object.assign(this, { place, send, changed, failed });
  }

  /** The roles of a model that the page can fill. */
  show(inputs) {
    const roles = inputs.map(({ role }) => role).filter((role) => role in names);
    for (const role of [...this.#chosen.keys()]) if (!roles.includes(role)) this.#chosen.delete(role);
    this.place.replaceChildren(...roles.map((role) => this.#field(role)));
    return roles.length > 0;
  }

  get recipe() { return [...this.#chosen].map(([role, hash]) => ({ role, hash })); }

  #field(role) {
    const row = document.createElement("div");
    row.className = "picture";
    const label = Object.assign(document.createElement("label"), { textContent: t(names[role]), htmlFor: `picture-${role}` });
    const input = Object.assign(document.createElement("input"), { type: "file", id: `picture-${role}`, accept: "image/png,image/jpeg,image/webp" });
    const image = Object.assign(document.createElement("img"), { alt: "", hidden: true });
    const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "\u00d7", className: "square", hidden: true, title: t("Remove the picture") });
    remove.setAttribute("aria-label", `${t("Remove the picture")}: ${t(names[role])}`);
    const show = (url) => {
      URL.revokeObjectURL(image.src);
      image.hidden = remove.hidden = !url;
      url ? image.src = url : image.removeAttribute("src");
    };
    input.onchange = async () => {
      const [file] = input.files;
      const turn = ++this.#asked;
      this.#chosen.delete(role);
      show(null);
      if (file) {
        try {
          const { hash } = await this.send(file);
          if (turn !== this.#asked) return; // another one was chosen meanwhile
          this.#chosen.set(role, hash);
          show(URL.createObjectURL(file));
        } catch (error) {
          input.value = "";
          this.failed(error);
          return;
        }
      }
      this.changed();
    };
    remove.onclick = () => { input.value = ""; input.onchange(); input.focus(); };
    row.append(label, input, image, remove);
    return row;
  }
}
