// What a coach adds: comments, labels, levels. The page shows what the program made of it, never its own sum.
import { ask, clock, ownName, rememberName } from "./api.js";

export function startReview(id, player) {
  const dialog = document.getElementById("correct-dialog"), panel = document.getElementById("review");
  const field = (name) => document.getElementById(name);
  let place = null; // where the open dialog belongs

  const refresh = async () => { panel.innerHTML = await ask("GET", `/sessions/${id}/review`); };

  const send = (author, review, reason = "") => ask("POST", `/api/sessions/${id}/reviews`, { author, review, reason });

  function open(turn, sentence, second, text) {
    place = { turn, sentence, second };
    field("correct-text").textContent = text;
    field("behaviours").hidden = sentence === null;
    field("comment").value = "";
    field("problem").hidden = true;
    field("author").value ||= ownName();
    const now = sentence === null ? [] : labelsOf(turn, sentence);
    for (const box of field("behaviours").querySelectorAll("input")) box.checked = box.defaultChecked = now.includes(box.value);
    player?.pause();
    dialog.showModal();
    (field("author").value ? field("comment") : field("author")).focus();
  }

  async function save() {
    const author = field("author").value.trim(), text = field("comment").value.trim();
    const changed = place.sentence === null ? [] : [...field("behaviours").querySelectorAll("input")]
      .filter((box) => box.checked !== box.defaultChecked);
    if (!author) return say("Type your name first, so that others know whose word this is.");
    if (!changed.length && !text) return say("Nothing was changed or written yet.");
    rememberName(author);
    try {
      for (const box of changed) {
        const review = { kind: "label", turn: place.turn, sentence: place.sentence, behaviour: box.value, present: box.checked };
        await send(author, review, text);
      }
      if (!changed.length) {
        const review = { kind: "comment", text, turn: place.turn, sentence: place.sentence, start_s: place.second, private: field("private").checked };
        await send(author, review);
      }
      dialog.close();
      await refresh();
    } catch (error) { say(error.message); }
  }

  function say(problem) {
    field("problem").textContent = problem;
    field("problem").hidden = false;
  }

  document.querySelector(".transcript").addEventListener("click", (event) => {
    const sentence = event.target.closest("button.correct")?.closest(".sentence");
    if (sentence) {
      const text = sentence.querySelector("p").innerText.replace(/\s*\d+:\d\d$/, "");
      open(Number(sentence.dataset.turn), Number(sentence.dataset.sentence), null, text);
    }
  });
  field("save").addEventListener("click", save);

  field("comment-here")?.addEventListener("click", () => {
    const here = turnAt(player.second);
    if (here) open(here.turn, null, player.second - here.start, `At ${clock(player.second)}, turn ${here.turn + 1}`);
  });

  panel.addEventListener("click", async (event) => {
    const undo = event.target.closest("button.undo");
    if (undo) await act(() => ask("DELETE", `/api/sessions/${id}/reviews/${undo.dataset.entry}?author=${encodeURIComponent(ownName())}`));
    if (event.target.id === "whole-call") await act(() => send(nameOrAsk(), { kind: "whole_call" }));
  });

  panel.addEventListener("submit", async (event) => {
    event.preventDefault();
    const changed = [...event.target.querySelectorAll("select")].filter((select) => select.value !== select.dataset.now);
    const reason = event.target.elements.reason.value.trim();
    await act(async () => {
      for (const select of changed) {
        const level = select.value === "none" ? null : Number(select.value);
        await send(nameOrAsk(), { kind: "level", step: select.dataset.step, level }, reason);
      }
    });
  });

  async function act(work) {
    try { await work(); await refresh(); } catch (error) { alert(error.message); }
  }
}

function nameOrAsk() {
  const name = ownName() || (prompt("Your name, so that others know whose word this is:") ?? "").trim();
  if (!name) throw new Error("Nothing was saved: it needs your name.");
  rememberName(name);
  return name;
}

function labelsOf(turn, sentence) {
  return [...document.querySelectorAll(`#t${turn}s${sentence} [data-behaviour]`)].map((label) => label.dataset.behaviour);
}

// The turn that sounds at a second of the call, and where its own clock begins.
function turnAt(second) {
  const lines = [...document.querySelectorAll(".turn")].map((turn) => ({
    turn: Number(turn.id.slice("turn-".length)),
    begins: Number(turn.querySelector(".customer").dataset.start), start: Number(turn.querySelector(".customer").dataset.end) }));
  return lines.findLast(({ begins }) => second >= begins) ?? lines[0];
}
