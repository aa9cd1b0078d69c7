// The player: play, pause, speed, keys, and the way from one place worth hearing to the next.
const STEP_S = 5;
const JUST_PASSED_S = 0.75; // "back" a moment after the start of a sentence means the one before it

export class Player {
  #audio; #places = { duration: 0, faults: [], goods: [], sentences: [] }; #listeners = [];

  constructor(audio) {
    this.#audio = audio;
    const on = (id, what) => document.getElementById(id).addEventListener("click", what);
    const seek = document.getElementById("seek"), speed = document.getElementById("speed");
    on("play", () => this.toggle());
    on("back", () => this.#move(-STEP_S));
    on("forward", () => this.#move(STEP_S));
    on("next-fault", () => this.next("faults"));
    on("next-good", () => this.next("goods"));
    on("keys", () => document.getElementById("keys-dialog").showModal());
    seek.addEventListener("input", () => { audio.currentTime = seek.value / 1000 * this.#places.duration; this.#tell(); });
    speed.addEventListener("change", () => { audio.playbackRate = Number(speed.value); });
    for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, () => this.#showState());
    audio.addEventListener("seeked", () => this.#tell());
    document.addEventListener("keydown", (event) => this.#key(event));
  }

  get second() { return this.#audio.currentTime; }

  use(places) { this.#places = places; this.#tell(); }

  onTime(listener) { this.#listeners.push(listener); this.#tell(); }

  playFrom(second) { this.#audio.currentTime = second; this.#audio.play(); }

  toggle() { this.#audio.paused ? this.#audio.play() : this.#audio.pause(); }

  pause() { this.#audio.pause(); }

  next(kind, backwards = false) {
    const now = this.second, places = this.#places[kind];
    const place = backwards
      ? places.filter((at) => at < now - JUST_PASSED_S).at(-1) : places.find((at) => at > now + 0.05);
    if (place !== undefined) this.playFrom(place);
  }

  #move(seconds) {
    this.#audio.currentTime = Math.min(this.#places.duration, Math.max(0, this.second + seconds));
  }

  #showState() {
    const button = document.getElementById("play"), paused = this.#audio.paused;
    button.textContent = paused ? "▶" : "❚❚";
    button.setAttribute("aria-label", paused ? "Play" : "Pause");
    if (!paused) this.#run();
    this.#tell();
  }

  #run() {
    this.#tell();
    if (!this.#audio.paused) requestAnimationFrame(() => this.#run());
  }

  #tell() {
    const second = this.second, { duration } = this.#places;
    document.getElementById("seek").value = duration ? Math.round(second / duration * 1000) : 0;
    this.#listeners.forEach((listener) => listener(second));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input, select, textarea, summary")) return;
    if (event.key === " " && event.target.closest("button, a")) return; // the key of the button itself
    const keys = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.#move(-STEP_S), ArrowRight: () => this.#move(STEP_S),
      ArrowUp: () => this.next("sentences", true), ArrowDown: () => this.next("sentences"),
      f: () => this.next("faults"), F: () => this.next("faults", true),
      g: () => this.next("goods"), G: () => this.next("goods", true),
      c: () => document.getElementById("comment-here").click(),
      "<": () => this.#changeSpeed(-1), ">": () => this.#changeSpeed(1),
      "?": () => document.getElementById("keys").click(),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  #changeSpeed(by) {
    const speed = document.getElementById("speed");
    speed.selectedIndex = Math.min(speed.length - 1, Math.max(0, speed.selectedIndex + by));
    speed.dispatchEvent(new Event("change"));
  }
}
