// The transcript that runs along: the word, the sentence and the customer's line that sound now.
export class Transcript {
  #words; #parts; #word = null; #part = null;

  constructor(section) {
    this.#words = [...section.querySelectorAll("[data-w]")].map((element) => ({ element, start: Number(element.dataset.w) }));
    this.#parts = [...section.querySelectorAll("[data-start]")].map((element) => (
      { element, start: Number(element.dataset.start), end: Number(element.dataset.end) }));
  }

  get starts() { return this.#parts.map((part) => part.start); }

  show(second, follow) {
    const part = this.#parts.find(({ start, end }) => second >= start && second < end)?.element ?? null;
    const last = this.#words.findLast(({ start }) => second >= start)?.element ?? null;
    const word = last && part?.contains(last) ? last : null;
    if (word !== this.#word) this.#word = swap(this.#word, word);
    if (part !== this.#part) {
      this.#part = swap(this.#part, part);
      if (part && follow) bringIntoView(part);
    }
  }
}

function swap(before, now) {
  before?.classList.remove("now");
  now?.classList.add("now");
  return now;
}

function bringIntoView(element) {
  const { top, bottom } = element.getBoundingClientRect();
  if (top < 80 || bottom > innerHeight - 160) element.scrollIntoView({ block: "center" });
}
