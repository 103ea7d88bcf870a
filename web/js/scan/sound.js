// Sounds and shakes that differ in rhythm and direction, not only in height (the same tunes as at a scanner's screen).
const TUNES = { // [start, length, hertz] in seconds
  admitted: [[0, 0.09, 880], [0.11, 0.14, 1320]],
  left: [[0, 0.09, 1320], [0.11, 0.14, 880]],
  already_in: [[0, 0.45, 660]],
  handed_out: [[0, 0.06, 990], [0.09, 0.06, 990], [0.18, 0.06, 990]],
  queued: [[0, 0.12, 520], [0.35, 0.12, 520]],
  refused: [[0, 0.22, 220], [0.28, 0.22, 180], [0.56, 0.35, 140]],
};
TUNES.invalid = TUNES.refused;
TUNES.lost = [0, 1, 2, 3].flatMap((i) => [[i * 0.3, 0.15, 1500], [i * 0.3 + 0.15, 0.15, 300]]);
const SHAKES = { admitted: [60], left: [60], handed_out: [60], already_in: [180], queued: [60, 120, 60], refused: [250, 100, 250], invalid: [250, 100, 250], lost: [500, 100, 500, 100, 500] };

export class Sound {
  constructor() { this.context = null; this.wanted = true; }

  get runs() { return this.context?.state === "running"; }

  start() { // a browser makes no sound before somebody touched the page
    try {
      this.context ??= new AudioContext();
      return this.context.resume();
    } catch {
      return undefined;
    }
  }

  stop() { return this.context?.suspend(); }

  play(outcome) {
    try { navigator.vibrate?.(SHAKES[outcome] ?? SHAKES.refused); } catch { /* none */ }
    if (!this.runs || !this.wanted) return;
    for (const [at, length, hertz] of TUNES[outcome] ?? TUNES.refused) {
      const tone = this.context.createOscillator();
      const level = this.context.createGain();
      const from = this.context.currentTime + at;
      tone.type = hertz < 300 ? "square" : "sine";
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(0.0001, from);
      level.gain.exponentialRampToValueAtTime(0.35, from + 0.01);
      level.gain.setValueAtTime(0.35, from + length - 0.02);
      level.gain.exponentialRampToValueAtTime(0.0001, from + length);
      tone.connect(level).connect(this.context.destination);
      tone.start(from);
      tone.stop(from + length);
    }
  }
}
