// `plenum serve` on a scratch data folder made from the sample: started, killed, started again.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import http from "node:http";
import path from "node:path";

export const EVENT = "dai-hoi-19";
export const PASSWORD = "correct horse battery staple 9";
export const USER = "ban-to-chuc";

export const freePort = () => new Promise((done, fail) => {
  const probe = createServer();
  probe.once("error", fail);
  probe.listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => done(port)); });
});

export class Server {
  constructor(build, name) {
    this.build = path.resolve(build);
    this.bin = path.join(this.build, "bin");
    this.folder = path.join(this.build, "browser", name);
    this.data = path.join(this.folder, "data");
    this.process = null;
    this.log = "";
  }

  run(program, ...args) {
    return execFileSync(path.join(this.bin, program), args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 1 << 26 });
  }

  async make() {
    rmSync(this.data, { recursive: true, force: true });
    mkdirSync(this.folder, { recursive: true });
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    this.run("plenum", "import", "events.sample.json", "--data", this.data, "--starts-on", "today");
    const secret = path.join(this.folder, "password");
    writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
    this.run("plenum", "user", "add", USER, "--role", "organiser", "--password-file", secret, "--data", this.data);
    await this.start();
  }

  // `tls`: a port for HTTPS too, with the local authority's certificate.
  async start({ tls = this.tls, address = "127.0.0.1" } = {}) {
    this.tls = tls;
    const options = ["serve", "--data", this.data, "--listen", `${address}:${this.port}`, "--listen-tls", tls ? `127.0.0.1:${tls}` : "none", "--public-url", this.url];
    this.process = spawn(path.join(this.bin, "plenum"), options, { stdio: ["ignore", "pipe", "pipe"] });
    this.process.stdout.on("data", (text) => { this.log += text; });
    this.process.stderr.on("data", (text) => { this.log += text; });
    for (let tries = 0; tries < 200; tries++) {
      if (this.process.exitCode !== null) throw new Error(`plenum serve ended with ${this.process.exitCode}:\n${this.log}`);
      try { if ((await this.get("/healthz")).status === 200) return; } catch { /* not yet */ }
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`plenum serve does not answer:\n${this.log}`);
  }

  async stop(signal = "SIGTERM") {
    if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return { code: this.process?.exitCode, by: this.process?.signalCode };
    const ended = new Promise((done) => this.process.once("exit", (code, by) => done([code, by])));
    this.process.kill(signal);
    const [code, by] = await ended;
    return { code, by };
  }

  // A plain request that undoes nothing: status, headers, the bytes as they came over the wire.
  get(target, headers = {}) {
    return new Promise((done, fail) => {
      http.get({ host: "127.0.0.1", port: this.port, path: target, headers }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
      }).on("error", fail);
    });
  }

  // The token of a badge, read from the printed badge as a phone would.
  token(code, event = EVENT) {
    const pdf = path.join(this.folder, "badge.pdf");
    const page = path.join(this.folder, "badge");
    this.run("plenum-badges", "--data", this.data, "--event", event, "--only", code, "--public-url", this.url, "--layout", "a6", "-o", pdf);
    execFileSync("pdftoppm", ["-r", "200", "-png", "-singlefile", pdf, page]);
    const found = JSON.parse(this.run("plenum-scanner", "decode", `${page}.png`));
    const token = /\/D\/([0-9A-Z]{16})$/.exec(found.codes[0]);
    if (!token) throw new Error(`no badge on the page of ${code}: ${JSON.stringify(found)}`);
    return token[1];
  }
}

export const sample = JSON.parse(readFileSync("events.sample.json", "utf8"));
export const have = (file) => existsSync(file);
