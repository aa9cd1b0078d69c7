// Practice: the way from the choice of a customer through the check and the call to the scorecard.
import { ask, rememberName } from "./api.js";
import { CallView } from "./call_view.js";
import { Line } from "./line.js";
import { Loudspeaker } from "./loudspeaker.js";
import { Verdict, loudness, meter, openMicrophone } from "./microphone.js";
import { showResult } from "./result.js";

const $ = (id) => document.getElementById(id);
const steps = ["choose", "check", "watching", "call", "result"];
let wish = {}, context = null, loudspeaker = null, microphone = null, line = null, onFrame = () => {};

function show(step) {
  for (const id of steps) $(id).hidden = id !== step;
  $(step).querySelector("h1").focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

// Browsers let a page sound only after a key or a click, so this is called from one.
function wakeSound() {
  context ??= new AudioContext({ latencyHint: "interactive" });
  loudspeaker ??= new Loudspeaker(context);
  return context.resume();
}

async function useMicrophone() {
  wakeSound();
  microphone ??= await openMicrophone(context, (frame) => onFrame(frame));
}

function silenceMicrophone() {
  microphone?.close();
  microphone = null;
  onFrame = () => {};
}

// --- choose ---

const value = (name) => document.querySelector(`input[name=${name}]:checked`).value;

$("wish").addEventListener("submit", (event) => {
  event.preventDefault();
  const candidate = $("name").value.trim();
  if (candidate) rememberName(candidate);
  wish = { scenario: value("scenario"), difficulty: value("difficulty"), candidate, typed: value("typed") === "yes" };
  if (wish.typed) begin();
  else show("check");
});
$("watch").addEventListener("click", () => show("watching"));
$("begin-watching").addEventListener("click", () => { wish = { watch: true }; begin(); });

// --- check ---

$("allow").addEventListener("click", async () => {
  const verdict = new Verdict();
  try {
    await useMicrophone();
  } catch (error) {
    $("verdict").textContent = error.message;
    return;
  }
  $("begin").disabled = false; // whoever is sure may go on without a verdict
  $("allow").hidden = true;
  onFrame = (frame) => {
    const db = loudness(frame), { fine, text } = verdict.take(db);
    $("check-level").style.setProperty("--level", meter(db).toFixed(2));
    if ($("verdict").textContent !== text) $("verdict").textContent = text; // or it would be read out without end
    if (fine) $("verdict").dataset.fine = "yes";
  };
});
$("test-sound").addEventListener("click", async () => {
  await wakeSound();
  await loudspeaker.chime();
  $("did-you").hidden = false;
  $("loud-verdict").textContent = "Did you hear two tones?";
});
$("heard-it").addEventListener("click", () => { $("loud-verdict").textContent = "Then you will hear the customer."; $("did-you").hidden = true; });
$("heard-nothing").addEventListener("click", () => {
  $("loud-verdict").textContent = "Turn the volume up, or choose another output in the system's settings, and play it again. Captions show every word, too.";
});
$("back").addEventListener("click", () => { silenceMicrophone(); show("choose"); });
$("type-instead").addEventListener("click", () => { silenceMicrophone(); wish.typed = true; begin(); });
$("begin").addEventListener("click", () => begin());

// --- the call ---

const view = new CallView({
  say: (text) => line.say("say", { text }),
  end: () => line.say("end"),
  pause: (paused) => {
    line.say(paused ? "pause" : "resume");
    if (paused) context.suspend(); // the customer's voice and the microphone stop where they are
    else context.resume();
  },
});

async function begin() {
  wakeSound();
  view.start({ captions: $("captions-wanted").checked, voice: !wish.typed && !wish.watch });
  show("call");
  try {
    hold((await ask("POST", "/api/calls", wish)).call);
  } catch (error) {
    view.over(error.message);
  }
}

function hold(call) {
  history.replaceState(null, "", `#call=${call}`); // a page that is loaded again goes on with its call
  line = new Line(call, {
    message: (message) => (message.type === "ended" ? finish(message) : take(message)),
    sound: async (number, pcm) => {
      if (await loudspeaker.play(pcm)) line.say("played", { number });
      $("call").dataset.playedS = loudspeaker.playedS.toFixed(2);
    },
    lost: () => view.lost(),
    back: () => view.back(),
    over: (text, name) => stop(() => view.over(text, name)),
  });
  onFrame = (frame) => {
    view.level(meter(loudness(frame)));
    line.frame(frame);
  };
}

function take(message) {
  if (message.type === "stop") loudspeaker.stop();
  if (message.type === "broke_off") stop(() => view.over(message.text));
  else view.take(message);
}

function stop(then) {
  silenceMicrophone();
  loudspeaker?.stop();
  history.replaceState(null, "", location.pathname);
  then();
}

function finish(result) {
  stop(() => {
    showResult(result, view.notices, view.roughness);
    show("result");
  });
}

$("again").addEventListener("click", async () => {
  if (wish.watch) return show("watching");
  if (!wish.scenario) return location.assign("/practice"); // the page was loaded in the middle of the call
  try {
    if (!wish.typed) await useMicrophone();
  } catch {
    return show("check");
  }
  begin();
});

// --- a page that was loaded in the middle of a call ---

const held = location.hash.match(/^#call=([\w-]+)$/)?.[1];
if (held) {
  context = new AudioContext({ latencyHint: "interactive" });
  loudspeaker = new Loudspeaker(context);
  view.start({ captions: true, voice: false });
  show("call");
  hold(held); // at once, because the call does not wait long; sound and microphone need a click
  $("go-on-line").hidden = false;
  $("go-on").addEventListener("click", async () => {
    $("go-on-line").hidden = true;
    await wakeSound();
    if (view.isSpoken) await useMicrophone().catch((error) => view.notice(error.message));
  });
}
