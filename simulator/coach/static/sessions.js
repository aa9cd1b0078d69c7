// The list: what can be done with the calls that are chosen, and taking in a bundle.
import { ask } from "./api.js";

const boxes = [...document.querySelectorAll("input[name=chosen]")];
const bar = document.getElementById("chosen"), said = document.getElementById("said");
const chosen = () => boxes.filter((box) => box.checked);

function say(text) { said.textContent = text; said.hidden = false; }

async function act(work) {
  try { await work(); } catch (error) { say(error.message); }
}

function show() {
  if (!bar) return; // no call fits
  const now = chosen();
  bar.hidden = !now.length;
  document.getElementById("how-many").textContent = `${now.length} chosen`;
  const alike = now.length === 2 && now[0].dataset.scenario === now[1].dataset.scenario;
  document.getElementById("compare").disabled = !alike;
  document.getElementById("compare").title = alike ? "" : "Choose two calls of the same scenario";
}

boxes.forEach((box) => box.addEventListener("change", show));
show();

document.querySelector(".filters").addEventListener("change", (event) => {
  if (event.target.tagName === "SELECT") event.target.form.requestSubmit();
});

document.getElementById("compare")?.addEventListener("click", () => {
  const [second, first] = chosen().map((box) => box.value); // the list shows the later one first
  location.href = `/compare?first=${first}&second=${second}`;
});

document.getElementById("export")?.addEventListener("click", () => act(async () => {
  const ids = chosen().map((box) => `id=${encodeURIComponent(box.value)}`).join("&");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await ask("GET", `/api/bundle?${ids}`));
  link.download = "calmline-bundle.zip";
  link.click();
  URL.revokeObjectURL(link.href);
}));

document.getElementById("delete")?.addEventListener("click", () => act(async () => {
  const ids = chosen().map((box) => box.value);
  const many = ids.length === 1 ? "this call with its recordings" : `these ${ids.length} calls with their recordings`;
  if (!confirm(`Delete ${many}, comments and corrections? They cannot be brought back.`)) return;
  for (const id of ids) await ask("DELETE", `/api/sessions/${id}`);
  location.reload();
}));

document.getElementById("bundle").addEventListener("change", (event) => act(async () => {
  const [file] = event.target.files;
  if (!file) return;
  say("Checking the bundle …");
  const result = await ask("POST", "/api/bundle", file, "application/zip");
  say(`${result.added} calls added, ${result.skipped} were here already, ${result.entries} comments and corrections came along.`);
  setTimeout(() => location.reload(), 1500);
}));
