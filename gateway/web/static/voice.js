// Reads aloud what calls say, where the browser can speak; otherwise the words on the screen are all there is.

const synthesis = window.speechSynthesis;

export class Voice {
  constructor(choice, box) {
    this.box = box;
    this.heard = new Map(); // phone -> { ref, lines }
    choice.hidden = !synthesis;
    box.addEventListener("change", () => box.checked || synthesis?.cancel());
  }

  hear(phone, call) {
    const before = this.heard.get(phone);
    if (before && before.ref !== call?.ref) {
      this.heard.delete(phone);
      synthesis?.cancel();
    }
    if (!call) return;
    const lines = before?.ref === call.ref ? before.lines : 0;
    this.heard.set(phone, { ref: call.ref, lines: call.said.length });
    for (const text of call.said.slice(lines)) this.speak(text, call.language);
  }

  speak(text, language) {
    if (!synthesis || !this.box.checked) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = language;
    synthesis.speak(utterance);
  }
}
