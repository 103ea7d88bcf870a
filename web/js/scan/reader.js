// The page's side of the reader: frames of a camera, and photos. A frame is never waited for: who is busy takes the next one.
const WHOLE = 960; // pixels on the long side: measured in tests/bench/scan_page.mjs
const frames = typeof OffscreenCanvas === "function";

export class Reader {
  // `address`: /scan/{event}/reader.js, which a service worker of the page can give without a network.
  constructor(address) {
    this.waiting = new Map();
    this.next = 1;
    this.turn = 0;
    this.broken = null;
    this.worker = new Worker(address, { type: "module" });
    this.ready = new Promise((done, fail) => {
      this.worker.onerror = (event) => { this.broken = event.message || "the reader did not start"; fail(new Error(this.broken)); };
      this.worker.addEventListener("message", ({ data }) => {
        if (data.ready) done();
        else if (data.broken) { this.broken = data.broken; fail(new Error(data.broken)); } else this.answer(data);
      });
    });
    this.ready.catch(() => {});
  }

  get busy() { return this.waiting.size > 0; }

  answer(data) {
    const wait = this.waiting.get(data.id);
    this.waiting.delete(data.id);
    if (!wait) return;
    if (data.problem) wait.fail(new Error(data.problem));
    else wait.done(data);
  }

  ask(message, transfer = []) {
    const id = this.next++;
    return new Promise((done, fail) => {
      this.waiting.set(id, { done, fail });
      this.worker.postMessage({ id, ...message }, transfer);
    });
  }

  // The whole picture in one turn, its middle as sharp as the camera gives it in the next: near badges and far ones.
  cropOf(width, height) {
    const middle = this.turn++ % 2 === 1 && Math.max(width, height) > WHOLE;
    if (middle) {
      const side = Math.min(width, height, 640);
      return { x: (width - side) / 2, y: (height - side) / 2, width: side, height: side, to_width: side, to_height: side };
    }
    const part = Math.min(1, WHOLE / Math.max(width, height));
    return { x: 0, y: 0, width, height, to_width: Math.round(width * part), to_height: Math.round(height * part) };
  }

  async readFrame(video) {
    const crop = this.cropOf(video.videoWidth, video.videoHeight);
    if (frames) {
      const bitmap = await createImageBitmap(video);
      return this.ask({ bitmap, crop }, [bitmap]);
    }
    this.canvas ??= document.createElement("canvas"); // older phones
    Object.assign(this.canvas, { width: crop.to_width, height: crop.to_height });
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, crop.x, crop.y, crop.width, crop.height, 0, 0, crop.to_width, crop.to_height);
    const image = context.getImageData(0, 0, crop.to_width, crop.to_height);
    return this.ask({ image }, [image.data.buffer]);
  }

  async readPhoto(file) {
    if (frames) return this.ask({ blob: file });
    const bitmap = await createImageBitmap(file);
    const part = Math.min(1, 1600 / Math.max(bitmap.width, bitmap.height));
    const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(bitmap.width * part), height: Math.round(bitmap.height * part) });
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return this.ask({ image: context.getImageData(0, 0, canvas.width, canvas.height) });
  }
}
