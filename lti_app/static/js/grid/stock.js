/* Sentences that the teacher keeps: put into a comment by one choice, kept and dropped in place. */

import { post } from "./saver.js";
import { say } from "./texts.js";

export class Stock {
  constructor({ url, token, sentences }) {
    this.url = url;
    this.token = token;
    this.sentences = sentences; // [id, text]
    this.boxes = [];
  }

  /* A box of `.stock` markup (templates/class.html) that serves one text field. */
  attach(box, field) {
    const select = box.querySelector("select");
    const [keep, drop] = box.querySelectorAll("button");
    const said = box.querySelector(".stock-said");
    this.boxes.push({ select, drop, said });
    field.addEventListener("input", () => (said.textContent = ""));
    select.addEventListener("change", () => {
      const chosen = this._chosen(select);
      drop.hidden = !chosen;
      if (!chosen || field.readOnly) return;
      const before = field.value.trimEnd();
      field.value = before ? `${before}\n${chosen[1]}` : chosen[1];
      field.focus();
    });
    keep.addEventListener("click", () => {
      if (field.value.trim()) this._send({ text: field.value.trim() }, said, "stock_kept");
    });
    drop.addEventListener("click", async () => {
      await this._send({ drop: this._chosen(select)?.[0] ?? 0 }, said, "stock_dropped");
      (drop.hidden ? field : drop).focus();
    });
    this._fill();
  }

  _chosen(select) {
    return this.sentences.find(([id]) => String(id) === select.value) ?? null;
  }

  async _send(body, said, done) {
    const answer = await post(this.url, this.token, body).catch(() => null);
    const taken = Array.isArray(answer?.body?.stock);
    said.textContent = taken ? say(done) : (answer?.body?.message ?? say("stock_failed"));
    said.classList.toggle("alarm", !taken);
    if (!taken) return;
    this.sentences = answer.body.stock;
    this._fill();
  }

  _fill() {
    for (const { select, drop } of this.boxes) {
      const first = new Option(say(this.sentences.length ? "stock_choose" : "stock_none"), "");
      select.replaceChildren(first, ...this.sentences.map(([id, text]) => new Option(short(text), id)));
      select.disabled = this.sentences.length === 0;
      drop.hidden = true;
    }
  }
}

function short(text) {
  const line = text.replace(/\s+/g, " ");
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}
