/* The one line that says what was done and where saving stands; it never moves. What was done stays beside
 * the saving for a moment, so that neither wipes the other away. An alarm stands alone. */

const STAYS = 5000; // ms that what was done stays

export class Status {
  constructor(element) {
    this.element = element;
    this.said = "";
    this.state = "";
    this.alarm = false;
    this.timer = 0;
  }

  /* What was done: « 35 cases évaluées ». */
  say(text) {
    clearTimeout(this.timer);
    this.said = text;
    this.timer = setTimeout(() => this.say(""), STAYS);
    this._show();
  }

  /* Where saving stands: « Enregistré ». */
  saving(text, alarm) {
    this.state = text;
    this.alarm = alarm;
    this._show();
  }

  _show() {
    const text = this.alarm ? this.state : joined(this.said, this.state);
    if (this.element.textContent !== text) this.element.textContent = text;
    this.element.classList.toggle("alarm", this.alarm);
  }
}

function joined(said, state) {
  return said && state ? `${said.replace(/\.$/, "")} · ${state}` : said || state;
}
