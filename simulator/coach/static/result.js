// The scorecard in short, at the end of a call.
const $ = (id) => document.getElementById(id);
const STEPS = { calm: "Calm", clarify: "Clarify", options: "Options" };

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

const points = (value) => (value === null ? "–" : String(Math.round(value * 10) / 10));

export function showResult(result, notices, roughness) {
  $("ending").textContent = result.ending;
  const rough = result.rough ? ["Read the points with care.", roughness] : [];
  $("result-note").textContent = [...new Set([...notices, ...rough])].join(" ");
  $("scores").hidden = !result.turns;
  $("total").textContent = result.out_of ? String(Math.round((100 * result.total) / result.out_of)) : "–";
  $("out-of").textContent = `of 100 · ${points(result.total)} of ${result.out_of} points that were measured`;
  $("levels").replaceChildren(...Object.entries(STEPS).map(([step, title]) => {
    const pair = document.createElement("div"), level = result.levels[step];
    pair.append(element("dt", title), element("dd", level === null ? "–" : `${level} of 4`));
    return pair;
  }));
  $("rows").replaceChildren(...result.rows.map((row) => {
    const line = document.createElement("tr"), head = element("th", row.title);
    head.scope = "row";
    head.append(element("small", row.why));
    line.append(head, element("td", row.points === null ? "–" : `${points(row.points)} of ${row.out_of}`));
    return line;
  }));
  $("words").hidden = !result.turns;
  $("praise").textContent = result.praise;
  $("advice").replaceChildren(...result.advice.map(({ why, better }) => {
    const item = element("li", why);
    if (better) item.append(element("span", `Better: ${better}`, "soft"));
    return item;
  }));
  $("replay").hidden = !result.session;
  if (result.session) $("replay").href = `/sessions/${result.session}`;
}
