// The line to the server: as a device of one gate (its key), or, over plain HTTP, as the signed-in desk (its session). One question at a time, with a limit.
export class Away extends Error {} // nobody there, or somebody else: asked again later
export class Refused extends Error { // our server said no
  constructor(status, code) { super(code ?? String(status)); Object.assign(this, { status, code }); }
}

export class Link {
  // `identity`: {device, key, event, gate}, or {session: true, event, csrf, gate}
  constructor(identity) { this.identity = identity; }

  get isDevice() { return !this.identity.session; }

  async ask(path, options = {}) {
    try {
      return await this.askOnce(path, options);
    } catch (problem) { // the session was begun anew meanwhile, in another tab
      if (this.isDevice || problem.code !== "csrf") throw problem;
      const { value } = await this.askOnce(`/scan/${encodeURIComponent(this.identity.event)}/setup`, { patience: 4000 });
      this.identity.csrf = value.csrf;
      return this.askOnce(path, options);
    }
  }

  async askOnce(path, { body, etag, patience, headers = {} }) {
    const { identity } = this;
    const sent = { Accept: "application/json", ...headers };
    if (body !== undefined) sent["Content-Type"] = "application/json";
    if (etag) sent["If-None-Match"] = etag;
    if (this.isDevice) sent.Authorization = `Bearer ${identity.key}`;
    else if (body !== undefined) sent["X-CSRF-Token"] = identity.csrf;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(path, { method: body === undefined ? "GET" : "POST", body, headers: sent, signal: stop.signal, cache: "no-store", credentials: this.isDevice ? "omit" : "same-origin", redirect: "error" });
      const type = answer.headers.get("Content-Type") ?? "";
      if (answer.status === 304) return { status: 304, headers: answer.headers, value: null };
      const value = /json/.test(type) ? await answer.json() : null;
      if (answer.status === 200 || answer.status === 201) {
        if (!value) throw new Away("something else than our server answered");
        return { status: answer.status, headers: answer.headers, value };
      }
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 408 && answer.status !== 429 && value?.code) throw new Refused(answer.status, value.code);
      throw Object.assign(new Away(`the server answers with ${answer.status}`), { retryAfter: Number(answer.headers.get("Retry-After")) * 1000 || 0 });
    } catch (problem) {
      if (problem instanceof Refused || problem instanceof Away) throw problem;
      throw new Away(String(problem?.message ?? problem));
    } finally {
      clearTimeout(timer);
    }
  }

  checkinsPath() { return this.isDevice ? "/api/v1/checkins" : `/api/v1/checkins?event=${encodeURIComponent(this.identity.event)}`; }
  undoPath(scanId) { return `/api/v1/checkins/${scanId}/undo${this.isDevice ? "" : `?event=${encodeURIComponent(this.identity.event)}`}`; }
}
