// Sounds that differ in rhythm and direction, not only in height: two short ones up, one long, three down, a chirp, a pair apart.
"use strict";
const sounds = (() => {
  const tunes = { // [start, length, hertz] in seconds
    admitted: [[0, .09, 880], [.11, .14, 1320]],
    left: [[0, .09, 1320], [.11, .14, 880]],
    already_in: [[0, .45, 660]],
    handed_out: [[0, .06, 990], [.09, .06, 990], [.18, .06, 990]],
    queued: [[0, .12, 520], [.35, .12, 520]],
    refused: [[0, .22, 220], [.28, .22, 180], [.56, .35, 140]],
  };
  tunes.invalid = tunes.refused;
  tunes.lost = [0, 1, 2, 3].flatMap((i) => [[i * .3, .15, 1500], [i * .3 + .15, .15, 300]]);
  let context = null;

  function start() {
    try {
      context ??= new AudioContext();
      context.resume();
      return true;
    } catch {
      return false;
    }
  }
  const stop = () => context?.suspend();
  function play(outcome) {
    if (!context || context.state !== "running") return;
    for (const [at, length, hertz] of tunes[outcome] || tunes.refused) {
      const tone = context.createOscillator();
      const level = context.createGain();
      const from = context.currentTime + at;
      tone.type = hertz < 300 ? "square" : "sine";
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(.0001, from);
      level.gain.exponentialRampToValueAtTime(.35, from + .01);
      level.gain.setValueAtTime(.35, from + length - .02);
      level.gain.exponentialRampToValueAtTime(.0001, from + length);
      tone.connect(level).connect(context.destination);
      tone.start(from);
      tone.stop(from + length);
    }
  }
  return { start, stop, play, runs: () => context !== null && context.state === "running" };
})();
