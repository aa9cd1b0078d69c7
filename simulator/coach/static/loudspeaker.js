// The loudspeaker: plays samples of 16 bits at 16 kHz, one sound at a time, and knows how long it has played.
const RATE_HZ = 16000;

export class Loudspeaker {
  playedS = 0;
  #context; #source = null;

  constructor(context) { this.#context = context; }

  // True when it was heard to its end, false when it was stopped.
  play(pcm) {
    this.stop();
    const samples = new Int16Array(pcm), buffer = this.#context.createBuffer(1, Math.max(1, samples.length), RATE_HZ);
    buffer.getChannelData(0).set(Float32Array.from(samples, (sample) => sample / 32768));
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    this.#source = source;
    return new Promise((resolve) => {
      source.onended = () => {
        const toItsEnd = this.#source === source;
        if (toItsEnd) {
          this.#source = null;
          this.playedS += buffer.duration;
        }
        resolve(toItsEnd);
      };
      source.start();
    });
  }

  stop() {
    const source = this.#source;
    this.#source = null;
    source?.stop();
  }

  // Two soft tones, as a telephone that was put through.
  chime() {
    const samples = new Int16Array(RATE_HZ * 0.7);
    samples.forEach((_, i) => {
      const t = (i / RATE_HZ) % 0.35, hz = i < samples.length / 2 ? 523 : 659;
      samples[i] = 9000 * Math.min(1, t * 40) * Math.exp(-6 * t) * Math.sin(2 * Math.PI * hz * t);
    });
    return this.play(samples.buffer);
  }
}
