// "What if": another answer at any turn, and what the customer would have made of it.
import { ask } from "./api.js";

export function startWhatIf(id) {
  const dialog = document.getElementById("what-if-dialog"), field = (name) => document.getElementById(name);
  let turn = 0;

  document.querySelector(".transcript").addEventListener("click", (event) => {
    const button = event.target.closest("button.what-if");
    if (!button) return;
    turn = Number(button.dataset.turn);
    field("what-if-line").textContent = document.querySelector(`#turn-${turn} .customer`).textContent.trim().replace(/\s*\d+:\d\d$/, "");
    field("what-if-found").replaceChildren();
    dialog.showModal();
    field("what-if-text").focus();
  });

  field("what-if-try").addEventListener("click", async () => {
    const text = field("what-if-text").value.trim(), found = field("what-if-found");
    if (!text) return found.replaceChildren(paragraph("Type what you would say instead."));
    found.replaceChildren(paragraph("The customer listens …"));
    field("what-if-try").disabled = true;
    try {
      found.replaceChildren(...told(await ask("POST", `/api/sessions/${id}/what-if`, { turn, texts: [text] })));
    } catch (error) { found.replaceChildren(paragraph(error.message)); }
    field("what-if-try").disabled = false;
  });
}

function told(result) {
  const [answer] = result.answers, [real, now, most] = result.points;
  const really = answer.real_anger === null ? "" : ` (really ${Math.round(answer.real_anger)})`;
  return [
    paragraph(answer.reply, "customer"),
    paragraph(`Anger ${Math.round(answer.anger_before)} → ${Math.round(answer.anger)}${really}`),
    paragraph(answer.labels.length ? `Heard: ${answer.labels.map(words).join(", ")}` : "Nothing was heard in it that helps or harms."),
    paragraph(answer.because.join("; "), "soft"),
    paragraph(`Points for the words up to here: ${format(now)} instead of ${format(real)}, of ${most}.`),
    ...(result.ending ? [paragraph(`The call would have ended: ${words(result.ending)}.`)] : []),
    ...(result.changed.length ? [paragraph(`Today's rules were used; since the call these have changed: ${result.changed.join(", ")}.`, "soft")] : []),
  ];
}

function paragraph(text, name = "") {
  const element = document.createElement("p");
  element.textContent = text;
  element.className = name;
  return element;
}

const words = (id) => id.replaceAll("_", " ");
const format = (points) => String(Math.round(points * 10) / 10);
