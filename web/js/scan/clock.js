// A clock that cannot jump, for as long as this page runs without a break. performance.now() stands still while some phones sleep, and the clock on the wall may be set:
// where the two part by more than a moment, nothing that was measured before is compared with what comes after. `boot` names such a stretch, as the scanner's boot_id does.
const APART_MS = 1500;

export class Clock {
  constructor(source = { wall: () => Date.now(), steady: () => performance.now() }) {
    this.source = source;
    this.begin();
  }

  begin() {
    this.boot = [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, "0")).join("");
    this.apart = this.source.wall() - this.source.steady();
  }

  // Both clocks at this moment. Called often, so that a break is seen soon.
  read() {
    const wall = this.source.wall();
    const steady = this.source.steady();
    if (Math.abs(wall - steady - this.apart) > APART_MS) this.begin();
    return { wall: Math.floor(wall), steady: Math.floor(steady), boot: this.boot };
  }

  // Milliseconds since a reading; null when there was a break between.
  age(reading) {
    const now = this.read();
    return reading.boot === now.boot && now.steady >= reading.steady ? now.steady - reading.steady : null;
  }
}
