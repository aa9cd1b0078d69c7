// The line of a call: a socket that comes back by itself with the number of the last message it saw.
const TRY_EVERY_MS = 700, GIVE_UP_AFTER_MS = 14000; // the call itself waits ten seconds
const STALLED_BYTES = 96 * 1024; // three seconds of voice that nobody takes: the network is gone without a word
const GONE = 4404, TAKEN_OVER = 4409, FAULTY = 4400, DONE = 1000;

export class Line {
  #call; #on; #socket = null; #seen = 0; #waiting = []; #lostAt = null; #closed = false;

  // `on` has message(data), sound(number, pcm), lost(), back(), over(text, title).
  constructor(call, on) {
    this.#call = call;
    this.#on = on;
    this.#connect();
  }

  say(type, fields = {}) {
    const text = JSON.stringify({ type, ...fields });
    if (this.#isOpen) this.#socket.send(text);
    else this.#waiting.push(text);
  }

  frame(buffer) {
    if (!this.#isOpen) return; // what was said into a dead line is not made up for
    if (this.#socket.bufferedAmount > STALLED_BYTES) this.#socket.close();
    else this.#socket.send(buffer);
  }

  get #isOpen() { return this.#socket?.readyState === WebSocket.OPEN; }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/calls/${this.#call}/line?seen=${this.#seen}`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#lostAt !== null) this.#on.back();
      this.#lostAt = null;
      this.#waiting.splice(0).forEach((text) => socket.send(text));
    };
    socket.onmessage = ({ data }) => { if (socket === this.#socket) this.#take(data); };
    socket.onclose = ({ code }) => { if (socket === this.#socket && !this.#closed) this.#lost(code); };
  }

  #take(data) {
    if (typeof data !== "string") {
      const number = new DataView(data).getUint32(0, true);
      this.#seen = number;
      this.#on.sound(number, data.slice(5)); // the byte before says whose voice it is
      return;
    }
    const message = JSON.parse(data);
    if (message.number) this.#seen = message.number;
    if (["ended", "broke_off"].includes(message.type)) this.#closed = true;
    this.#on.message(message);
  }

  #lost(code) {
    if (code === DONE || code === GONE) return this.#over("This call is over.");
    if (code === TAKEN_OVER) return this.#over("Another page has taken this call over.", "The call goes on elsewhere");
    if (code === FAULTY) return this.#over("The program did not understand this page. Load it again.");
    if (this.#lostAt === null) {
      this.#lostAt = Date.now();
      this.#on.lost();
    }
    if (Date.now() - this.#lostAt > GIVE_UP_AFTER_MS) return this.#over("The connection was lost. What was said is saved.");
    setTimeout(() => this.#connect(), TRY_EVERY_MS);
  }

  #over(text, name) {
    this.#closed = true;
    this.#on.over(text, name);
  }
}
