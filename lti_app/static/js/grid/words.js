/* A comment's text field: it takes nothing until what stands there is known, and knows whether it was changed. */

export class Words {
  constructor(field) {
    this.field = field;
    this.fill("");
  }

  get text() {
    return this.field.value.trim();
  }

  get changed() {
    return this.known && this.text !== this.before;
  }

  /* `words` null: some stand there, which are still to be read. */
  fill(words) {
    this.known = words !== null;
    this.field.readOnly = !this.known;
    this.field.value = words ?? "";
    this.filled = this.field.value;
    this.before = this.text;
  }

  /* What stands there was read; what was typed meanwhile stays. */
  read(words) {
    if (this.known && this.field.value !== this.filled) this.before = words.trim();
    else this.fill(words);
  }
}
