// The microphone in the browser's audio thread: whatever its rate, frames of 512 samples at 16 kHz and 16 bits come out.
const TARGET_HZ = 16000, FRAME = 512, CROSSINGS = 12, PHASES = 128;

// A low-pass filter (windowed sinc) for every place between two input samples: without it, hiss above 8 kHz folds down.
function kernels(cutoff) {
  const half = Math.ceil(CROSSINGS / cutoff), tables = [];
  for (let phase = 0; phase < PHASES; phase++) {
    const table = new Float32Array(2 * half);
    let sum = 0;
    for (let i = 0; i < 2 * half; i++) {
      const x = i - half + 1 - phase / PHASES, t = Math.PI * cutoff * x;
      const sinc = x === 0 ? 1 : Math.sin(t) / t;
      table[i] = sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / (half + 1)));
      sum += table[i];
    }
    tables.push(table.map((value) => value / sum));
  }
  return { half, tables };
}

class Frames extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / TARGET_HZ;
    const { half, tables } = kernels(Math.min(1, TARGET_HZ / sampleRate));
    Object.assign(this, { half, tables, input: new Float32Array(2 * half), at: half, frame: new Int16Array(FRAME), filled: 0 });
  }

  process([[samples]]) {
    if (!samples) return true; // nothing is connected just now
    const joined = new Float32Array(this.input.length + samples.length);
    joined.set(this.input);
    joined.set(samples, this.input.length);
    while (this.at + this.half + 1 < joined.length) {
      this.put(this.sample(joined));
      this.at += this.step;
    }
    const done = Math.max(0, Math.floor(this.at) - this.half);
    this.input = joined.slice(done);
    this.at -= done;
    return true;
  }

  sample(joined) {
    const whole = Math.floor(this.at), table = this.tables[Math.floor((this.at - whole) * PHASES)];
    let sum = 0;
    for (let i = 0; i < table.length; i++) sum += joined[whole - this.half + 1 + i] * table[i];
    return sum;
  }

  put(value) {
    this.frame[this.filled++] = Math.max(-32768, Math.min(32767, Math.round(value * 32767)));
    if (this.filled < FRAME) return;
    this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
  }
}

registerProcessor("frames", Frames);
