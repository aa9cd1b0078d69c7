// What is seen of a call: its state in words and shape, captions, level, mood, and the keys below.
const $ = (id) => document.getElementById(id);
const STATES = {
  ringing: ["Calling …", "the customer comes to the line"],
  speaking: ["The customer speaks", "you may cut in"],
  listening: ["Listening", "speak now"],
  hearing: ["We hear you", "a second of silence ends your answer"],
  thinking: ["Thinking", "your answer is being understood"],
  paused: ["Paused", "the customer waits"],
  lost: ["No connection", "trying again; the call waits ten seconds"],
};
const TYPED_HINTS = { speaking: "you may answer at any time", listening: "type your answer" };
const WATCH_HINTS = { speaking: "", listening: "now an answer is heard", hearing: "an answer, as it was recorded", thinking: "the answer is being understood" };

export class CallView {
  notices = [];
  roughness = "";
  isSpoken = false;
  #customer = "Customer"; #state = "ringing"; #paused = false; #hints = {}; #sent = "";

  constructor(keys) {
    this.keys = keys;
    $("typing").addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    $("text").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    $("pause").addEventListener("click", () => this.#pause(!this.#paused));
    $("end").addEventListener("click", () => { if (this.#paused) this.#pause(false); keys.end(); $("end").disabled = true; });
    $("captions-key").addEventListener("click", () => this.#captions(!pressed("captions-key")));
    $("mood-key").addEventListener("click", () => { press("mood-key", !pressed("mood-key")); $("mood").hidden = !pressed("mood-key"); });
  }

  start({ captions, voice }) {
    $("captions").replaceChildren();
    for (const id of ["notice", "leave", "go-on-line"]) $(id).hidden = true;
    $("typing").hidden = false;
    $("case").open = false;
    for (const id of ["pause", "end"]) $(id).disabled = false;
    this.notices = [];
    this.isSpoken = voice;
    this.#paused = false;
    press("pause", false);
    $("pause").textContent = "Pause";
    $("own-meter").hidden = !voice;
    this.#captions(captions);
    this.#show("ringing");
  }

  take(message) {
    const { type, text } = message;
    if (type === "call") this.#introduce(message);
    else if (type === "state") this.#show(message.state);
    else if (type === "line") {
      this.#caption(this.#customer, text, "");
      $("mood").textContent = `${message.mood}, anger ${message.anger} of 100`;
    } else if (type === "heard") this.#caption("You", message.nobody_spoke ? "(nothing was heard)" : text || "(no words)", "own");
    else if (type === "notice") this.notice(text);
    else if (type === "problem") this.#unsaid(text);
  }

  level(share) {
    $("own-level").style.setProperty("--level", share.toFixed(2));
    $("orb").style.setProperty("--level", share.toFixed(2));
  }

  lost() { this.#draw("lost"); }
  back() { this.#draw(this.#paused ? "paused" : this.#state); }

  over(text, name = "The call is over") {
    this.notice(text);
    this.#words(name, "", "paused");
    $("leave").hidden = false;
    $("go-on-line").hidden = true;
    $("typing").hidden = true;
    for (const id of ["pause", "end"]) $(id).disabled = true;
  }

  notice(text) {
    this.notices.push(text);
    $("notice").textContent = text;
    $("notice").hidden = false;
  }

  #introduce({ title, customer, difficulty, typed, watch, briefing, may_offer, may_not_promise, notice }) {
    this.#customer = customer;
    $("with").textContent = customer;
    $("about").textContent = [title, difficulty, ...(notice ? ["rough transcript"] : [])].join(" · ");
    this.isSpoken = !typed && !watch;
    this.#hints = watch ? WATCH_HINTS : typed ? TYPED_HINTS : {};
    $("own-meter").hidden = !this.isSpoken;
    $("typing").hidden = watch;
    $("case").hidden = watch;
    $("briefing").textContent = briefing;
    $("may-offer").textContent = may_offer.join("; ");
    $("may-not-promise").textContent = may_not_promise.join("; ");
    $("not-promise-line").hidden = !may_not_promise.length;
    this.roughness = notice;
    if (typed) $("text").focus();
  }

  #send() {
    const text = $("text").value.trim();
    if (!text) return;
    this.#pause(false);
    $("notice").hidden = true;
    this.keys.say(text);
    this.#sent = text;
    $("text").value = "";
  }

  // What could not be taken is not lost.
  #unsaid(why) {
    this.notice(why);
    $("text").value ||= this.#sent;
  }

  #pause(paused) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    press("pause", paused);
    $("pause").textContent = paused ? "Go on" : "Pause";
    this.keys.pause(paused);
    this.#draw(paused ? "paused" : this.#state);
  }

  #captions(on) {
    press("captions-key", on);
    $("captions").hidden = !on;
  }

  #show(state) {
    this.#state = state;
    if (!this.#paused) this.#draw(state);
  }

  #draw(state) {
    const [name, hint] = STATES[state];
    this.#words(name, this.#hints[state] ?? hint, state);
  }

  #words(name, hint, state) {
    $("state").dataset.state = state;
    $("state-name").textContent = name;
    $("state-hint").textContent = hint;
  }

  #caption(who, text, kind) {
    const item = document.createElement("li"), name = document.createElement("b");
    name.textContent = who;
    item.append(name, text);
    if (kind) item.classList.add(kind);
    $("captions").append(item);
    $("captions").scrollTop = $("captions").scrollHeight;
  }
}

const pressed = (id) => $(id).getAttribute("aria-pressed") === "true";
function press(id, on) { $(id).setAttribute("aria-pressed", String(on)); }
