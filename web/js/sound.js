// Short sounds of the staff's pages: two rising notes are good, one is calm, two low ones stop, three ask. A desk that was silenced is so on all its pages.
const SOUND = "plenum-desk-sound";
const NOTES = { good: [660, 990], calm: [560], stop: [240, 180], ask: [780, 620, 780] };
let audio = null;
let silent = false;
try { silent = localStorage.getItem(SOUND) === "off"; } catch { /* private windows may have no storage */ }
export const isSilent = () => silent;
export function keepSilent(off) {
  silent = off;
  try { localStorage.setItem(SOUND, off ? "off" : "on"); } catch { /* as above */ }
}

export function sound(kind) {
  if (silent) return;
  try {
    audio = audio || new AudioContext();
    (NOTES[kind] || []).forEach((frequency, i) => {
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
  } catch { /* a desk without sound still has words and shape */ }
}
