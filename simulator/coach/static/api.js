// The desk's JSON: one function for every request, errors as sentences, and the name that a person goes by.
const token = document.querySelector("meta[name=token]").content;

export async function ask(method, address, body, type = "application/json") {
  const headers = { "X-Calmline-Token": token };
  if (body !== undefined) headers["Content-Type"] = type;
  const sent = body === undefined || type !== "application/json" ? body : JSON.stringify(body);
  let response;
  try {
    response = await fetch(address, { method, headers, body: sent });
  } catch {
    throw new Error("The program does not answer. Is it still running?");
  }
  if (response.status === 204) return null;
  if (response.ok) {
    const kind = response.headers.get("Content-Type") ?? "";
    return kind.startsWith("application/json") ? response.json() : kind.startsWith("text/") ? response.text() : response.blob();
  }
  const problem = await response.json().catch(() => ({ error: `The program answered ${response.status}.`, advice: "" }));
  throw new Error(`${problem.error} ${problem.advice ?? ""}`.trim());
}

export function ownName() {
  const pair = document.cookie.split("; ").find((cookie) => cookie.startsWith("calmline_name="));
  return pair ? decodeURIComponent(pair.slice("calmline_name=".length)) : "";
}

export function rememberName(name) {
  document.cookie = `calmline_name=${encodeURIComponent(name)}; path=/; max-age=31536000; SameSite=Strict`;
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
