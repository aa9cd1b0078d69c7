// The replay of one call: joins player, timeline, transcript and review. Each of them knows only its own part of the page.
import { ask, clock } from "./api.js";
import { Player } from "./player.js";
import { drawTimeline } from "./timeline.js";
import { Transcript } from "./transcript.js";
import { startReview } from "./review.js";
import { startWhatIf } from "./what_if.js";

const id = location.pathname.split("/").pop();
const audio = document.getElementById("sound");
const player = audio ? new Player(audio) : null;

// A button anywhere on the page that names a second plays from there, also one that came later.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-at]");
  if (button && player) player.playFrom(Number(button.dataset.at));
});

startReview(id, player);
startWhatIf(id);

if (player) {
  const call = await ask("GET", `/api/sessions/${id}/drawing`);
  const transcript = new Transcript(document.querySelector(".transcript"));
  const timeline = drawTimeline(document.getElementById("timeline"), call, (second) => player.playFrom(second));
  const marks = (kind) => call.marks.filter((mark) => mark.kind === kind).map((mark) => mark.start_s);
  player.use({ duration: call.duration_s, faults: marks("fault"), goods: marks("good"), sentences: transcript.starts });
  player.onTime((second) => {
    transcript.show(second, !audio.paused);
    timeline.show(second);
    document.getElementById("time").textContent = `${clock(second)} of ${clock(call.duration_s)}`;
  });
  for (const turn of call.turns) timeline.addCurves(turn, await ask("GET", `/api/sessions/${id}/curves/${turn.index}`));
}
