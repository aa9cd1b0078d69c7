// The call in one picture: what was done, both voices, pauses and fillers, pitch, pace and anger, on one clock.
const NS = "http://www.w3.org/2000/svg";
const LEFT = 70, RIGHT = 12;
const LANES = { marks: [8, 34], customer: [48, 44], own: [96, 44], events: [144, 16], pitch: [166, 44], pace: [216, 36], anger: [258, 40] };
const HEIGHT = 316;
const NAMES = { marks: "moments", customer: "customer", own: "you", events: "pauses", pitch: "pitch", pace: "pace", anger: "anger" };
const ZOOMS = [1, 2, 4, 8];
const LOWEST_HZ = 70, HIGHEST_HZ = 500;

export function drawTimeline(box, call, playFrom) {
  const svg = make("svg", { height: HEIGHT, role: "presentation" });
  box.append(svg);
  const curves = [];
  let zoom = 0, head = null, now = 0, x = () => 0;

  function draw() {
    const width = Math.max(320, box.clientWidth) * ZOOMS[zoom];
    const seconds = Math.max(1, call.duration_s);
    x = (second) => LEFT + second / seconds * (width - LEFT - RIGHT);
    svg.setAttribute("width", width);
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.replaceChildren(...frame(width, seconds, x), ...speech(call, x), ...paceAndAnger(call, x));
    curves.forEach(([turn, curve]) => svg.append(...voices(turn, curve, x)));
    svg.append(...events(call, x), ...marks(call, x, playFrom));
    head = svg.appendChild(make("line", { class: "head-line", y1: 0, y2: HEIGHT - 14 }));
    show(now);
  }

  function show(second) {
    now = second;
    const at = x(second);
    head.setAttribute("x1", at);
    head.setAttribute("x2", at);
    if (ZOOMS[zoom] > 1 && (at < box.scrollLeft || at > box.scrollLeft + box.clientWidth)) box.scrollLeft = at - 80;
  }

  svg.addEventListener("click", (event) => {
    if (event.target.closest(".mark")) return;
    const at = (event.offsetX - LEFT) / (x(call.duration_s) - LEFT) * call.duration_s;
    if (at >= 0) playFrom(Math.min(at, call.duration_s));
  });
  const zoomBy = (by) => { zoom = Math.min(ZOOMS.length - 1, Math.max(0, zoom + by)); draw(); };
  document.getElementById("zoom-in").addEventListener("click", () => zoomBy(1));
  document.getElementById("zoom-out").addEventListener("click", () => zoomBy(-1));
  new ResizeObserver(draw).observe(box);
  draw();

  return {
    addCurves(turn, curve) { curves.push([turn, curve]); head.before(...voices(turn, curve, x)); },
    show,
  };
}

function frame(width, seconds, x) {
  const parts = Object.entries(LANES).flatMap(([name, [top, height]]) => [
    make("line", { class: "rule", x1: LEFT, x2: width - RIGHT, y1: top + height, y2: top + height }),
    write(8, top + height / 2 + 4, NAMES[name]),
  ]);
  const step = [5, 10, 15, 30, 60, 120, 300].find((every) => every / seconds * (width - LEFT) > 60) ?? 600;
  for (let at = 0; at <= seconds; at += step) {
    parts.push(write(x(at), HEIGHT - 3, `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`));
  }
  return parts;
}

// Where each side speaks: there at once, while waveform and pitch of a long call still come turn by turn.
function speech(call, x) {
  const bar = ({ start_s, end_s }, [top, height]) => make("rect", {
    class: "speech", x: x(start_s), y: top + height * 0.35, width: Math.max(1, x(end_s) - x(start_s)), height: height * 0.3, rx: 2 });
  return call.turns.flatMap((turn) => [
    ...turn.speech.map((span) => bar(span, LANES.own)),
    ...(turn.customer.end_s > turn.customer.start_s ? [bar(turn.customer, LANES.customer)] : []),
  ]);
}

function paceAndAnger(call, x) {
  const [low, high] = call.comfortable_pace, most = Math.max(8, high + 1);
  const [top, height] = LANES.pace, y = (value) => top + height - Math.min(value, most) / most * height;
  const parts = [make("rect", { class: "band", x: LEFT, y: y(high), width: x(call.duration_s) - LEFT, height: y(low) - y(high) })];
  for (const turn of call.turns) {
    const points = call.pace.filter(([at]) => at >= turn.candidate.start_s && at <= turn.candidate.end_s);
    parts.push(line(points.map(([at, value]) => [x(at), y(value)]), "curve"));
  }
  const [angerTop, angerHeight] = LANES.anger;
  parts.push(line(call.anger.map(([at, value]) => [x(at), angerTop + (1 - value / 100) * angerHeight]), "curve"));
  return parts;
}

// The two voices of a turn: its waveforms, and the pitch where there is one.
function voices(turn, curve, x) {
  const sides = [["customer", turn.customer, "customer-wave", "curve theirs"], ["candidate", turn.candidate, "own-wave", "curve"]];
  return sides.flatMap(([who, span, wave, line_]) => curve[who]
    ? [waveform(curve[who], span.start_s, LANES[who === "customer" ? "customer" : "own"], wave, x), pitch(curve[who], span.start_s, line_, x)] : []);
}

function waveform({ step_s, peaks }, start, [top, height], name, x) {
  const middle = top + height / 2, loudest = Math.max(0.05, ...peaks);
  const points = peaks.map((peak, number) => [x(start + number * step_s), peak / loudest * height / 2]);
  const above = points.map(([at, size]) => `${at.toFixed(1)},${(middle - size).toFixed(1)}`);
  const below = points.toReversed().map(([at, size]) => `${at.toFixed(1)},${(middle + size).toFixed(1)}`);
  return make("polygon", { class: name, points: [...above, ...below].join(" ") });
}

function pitch({ step_s, pitch_hz }, start, name, x) {
  const [top, height] = LANES.pitch;
  const y = (hz) => top + height - Math.log2(Math.min(HIGHEST_HZ, Math.max(LOWEST_HZ, hz)) / LOWEST_HZ) / Math.log2(HIGHEST_HZ / LOWEST_HZ) * height;
  let path = "", drawing = false;
  pitch_hz.forEach((hz, number) => {
    if (hz !== null) path += `${drawing ? "L" : "M"}${x(start + number * step_s).toFixed(1)},${y(hz).toFixed(1)}`;
    drawing = hz !== null;
  });
  return make("path", { class: name, d: path });
}

function events(call, x) {
  const [top, height] = LANES.events, middle = top + height / 2;
  return call.marks.flatMap((mark) => {
    const at = x(mark.start_s), title = make("title");
    title.textContent = mark.title;
    if (mark.kind === "pause") return [within(make("rect", { class: "pause", x: at, y: top + 4, width: x(mark.end_s) - at, height: height - 8 }), title)];
    if (mark.kind === "um") return [within(make("circle", { class: "um", cx: at, cy: middle, r: 3.2 }), title)];
    if (mark.kind === "filler") return [within(make("path", { class: "filler", d: `M${at - 3},${middle - 3}l6,6m0,-6l-6,6` }), title)];
    return [];
  });
}

function marks(call, x, playFrom) {
  const [top, height] = LANES.marks;
  return call.marks.filter(({ kind }) => kind === "good" || kind === "fault").map((mark) => {
    const isFault = mark.kind === "fault", at = x(mark.start_s), y = isFault ? top + height - 16 : top;
    const group = make("g", { class: `mark ${mark.kind}` }), title = make("title");
    title.textContent = mark.title;
    const sign = make("text", { x: at + 7, y: y + 12, "text-anchor": "middle" });
    sign.textContent = isFault ? "−" : "+";
    group.append(title, make("rect", { x: at, y, width: 14, height: 16, rx: 4 }), sign);
    group.addEventListener("click", () => playFrom(mark.start_s));
    return group;
  });
}

function line(points, name) {
  return make("polyline", { class: name, points: points.map(([at, value]) => `${at.toFixed(1)},${value.toFixed(1)}`).join(" ") });
}

function write(at, y, text) {
  const element = make("text", { x: at, y });
  element.textContent = text;
  return element;
}

function within(element, child) { element.append(child); return element; }

function make(name, attributes = {}) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
