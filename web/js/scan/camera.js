// The camera: which one, its light, and why there is none. Says "reads", "starts", or what hinders: "insecure", "denied", "none", "busy", "fails".
const HINDRANCE = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };
const EVERY = 60; // milliseconds between two frames that are looked at

export class Camera {
  // `seen(video)` is called with each frame when nobody is busy with the last one; `tell(state)` at each change.
  constructor(video, { seen, tell, remember }) {
    Object.assign(this, { video, seen, tell, remember });
    this.state = "starts";
    this.stream = null;
    this.light = false;
    this.wanted = false;
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.wanted && !this.isLive()) this.start(); });
    navigator.mediaDevices?.addEventListener?.("devicechange", () => { if (this.wanted && !this.isLive()) this.start(); });
  }

  isLive() { return this.track()?.readyState === "live"; }
  track() { return this.stream?.getVideoTracks()[0] ?? null; }

  set(state) {
    this.state = state;
    this.tell(state);
  }

  async start(deviceId = this.remember.get("camera")) {
    this.wanted = true;
    if (!navigator.mediaDevices?.getUserMedia) return this.set(isSecureContext ? "none" : "insecure");
    if (this.starting) return this.starting;
    this.starting = this.open(deviceId).finally(() => { this.starting = null; });
    return this.starting;
  }

  async open(deviceId) {
    this.close();
    this.set("starts");
    const size = { width: { ideal: 1280 }, height: { ideal: 720 } };
    try {
      try {
        this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...size, ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } }) }, audio: false });
      } catch (problem) { // the one that was chosen last is not there any more
        if (!deviceId || problem.name === "NotAllowedError") throw problem;
        this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...size, facingMode: { ideal: "environment" } }, audio: false });
      }
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (problem) {
      this.close();
      this.set(HINDRANCE[problem.name] ?? "fails");
      return;
    }
    this.track().addEventListener("ended", () => this.set("busy"));
    this.light = false;
    this.set("reads");
    this.loop();
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  stop() {
    this.wanted = false;
    this.close();
  }

  loop() {
    const { stream } = this;
    let last = 0;
    const look = () => {
      if (this.stream !== stream) return;
      const now = performance.now();
      if (now - last >= EVERY && this.video.videoWidth > 0 && this.video.readyState >= 2) {
        last = now;
        this.seen(this.video);
      }
      again();
    };
    const again = () => { if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(look); else setTimeout(look, EVERY); };
    again();
  }

  async list() {
    const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    return all.filter((one) => one.kind === "videoinput" && one.deviceId);
  }

  chosen() { return this.track()?.getSettings?.().deviceId ?? null; }

  choose(deviceId) {
    this.remember.set("camera", deviceId);
    return this.start(deviceId);
  }

  hasLight() { return Boolean(this.track()?.getCapabilities?.().torch); }

  async setLight(on) {
    try {
      await this.track().applyConstraints({ advanced: [{ torch: on }] });
      this.light = on;
    } catch { this.light = false; }
    return this.light;
  }
}

// The screen stays on while somebody scans.
export async function keepAwake() {
  const ask = async () => { try { await navigator.wakeLock?.request("screen"); } catch { /* a low battery says no */ } };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  await ask();
}
