// Results by ear, for whoever looks at paper: two rising notes, one calm note, two low ones.
let audio = null;
export function sound(kind) {
  try {
    audio = audio || new AudioContext();
    const notes = { good: [660, 990], calm: [560], stop: [240, 180] }[kind] || [];
    notes.forEach((frequency, i) => {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      const start = audio.currentTime + i * 0.13;
      tone.frequency.value = frequency;
      tone.type = kind === "stop" ? "square" : "sine";
      gain.gain.setValueAtTime(0.12, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + 0.16);
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.18);
    });
  } catch { /* without sound there are still words and shape */ }
}
