// The microphone: asks for it, gives frames of 512 samples at 16 kHz, and says how loud they are.

// Echo is cancelled, so that the customer is not heard twice and can be cut short. Noise stays: its removal eats
// consonants and changes the voice. The gain is left to the browser, because a microphone that is too quiet spoils a
// call, and loudness decides nothing in a grade.
const WISHES = { echoCancellation: true, noiseSuppression: false, autoGainControl: true, channelCount: 1 };

export async function openMicrophone(context, onFrame) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error("This browser gives no microphone to a page from another machine without HTTPS. You can type instead.");
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: WISHES });
  } catch (error) {
    throw new Error(refusal(error));
  }
  await context.audioWorklet.addModule("/static/microphone-worklet.js");
  const source = context.createMediaStreamSource(stream), frames = new AudioWorkletNode(context, "frames", { numberOfOutputs: 0 });
  frames.port.onmessage = ({ data }) => onFrame(data);
  source.connect(frames);
  return {
    close() {
      source.disconnect();
      stream.getTracks().forEach((track) => track.stop());
    },
  };
}

function refusal(error) {
  if (error.name === "NotAllowedError") return "The browser may not use the microphone. Allow it beside the address, or type instead.";
  if (error.name === "NotFoundError") return "No microphone was found. Plug one in, or type instead.";
  return `The microphone cannot be used (${error.message}). Does another program hold it?`;
}

// Loudness in dB below full scale.
export function loudness(frame) {
  const samples = new Int16Array(frame);
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return 10 * Math.log10(power / samples.length / 32768 ** 2 + 1e-9);
}

// From 0 to 1, for a meter from -60 dB to -10 dB.
export const meter = (db) => Math.max(0, Math.min(1, (db + 60) / 50));

// What the last seconds say of the microphone: a voice stands out of its room.
export class Verdict {
  #levels = [];

  take(db) {
    this.#levels.push(db);
    if (this.#levels.length > 94) this.#levels.shift(); // three seconds
    const sorted = [...this.#levels].sort((a, b) => a - b), at = (share) => sorted[Math.floor(share * (sorted.length - 1))];
    if (sorted.length < 31) return { fine: false, text: "Say a sentence: “Good morning, how can I help?”" };
    if (at(1) < -85) return { fine: false, text: "Nothing: is it muted, or is another microphone chosen?" };
    if (at(0.9) < -50) return { fine: false, text: "Too quiet, or you are silent: speak up, or come nearer." };
    if (at(0.9) - at(0.1) < 8) return { fine: false, text: "There is sound, but no voice stands out. Say a sentence." };
    return { fine: true, text: "We hear you." };
  }
}
