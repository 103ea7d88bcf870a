// Reads QR codes out of pictures, beside the page: zxing-wasm, from our own address. One picture at a time.
//   {id, bitmap | image, crop} → {id, codes: [text], ms}      a frame: `crop` is the part that is looked at, with its size to be
//   {id, blob}                 → {id, codes, ms} or {id, problem}  a photo: tried in several sizes
import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm/dist/es/reader/index.js";

const options = { formats: ["QRCode"], tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true, maxNumberOfSymbols: 8 };
const ready = prepareZXingModule({ overrides: { locateFile: () => new URL("../vendor/zxing-wasm/dist/reader/zxing_reader.wasm", import.meta.url).href }, fireImmediately: true });
ready.then(() => postMessage({ ready: true }), (problem) => postMessage({ broken: String(problem) }));

let canvas = null;
function pixels(picture, { x, y, width, height, to_width, to_height }) {
  canvas ??= new OffscreenCanvas(1, 1);
  if (canvas.width !== to_width) canvas.width = to_width;
  if (canvas.height !== to_height) canvas.height = to_height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, x, y, width, height, 0, 0, to_width, to_height);
  return context.getImageData(0, 0, to_width, to_height);
}

async function read(image) {
  const found = await readBarcodes(image, options);
  return found.filter((one) => one.isValid && one.text !== "").map((one) => one.text);
}

// Large photos hold small codes; a smaller copy is sharper to the reader where a photo is noisy.
async function readPhoto(picture) {
  const longest = Math.max(picture.width, picture.height);
  for (const most of [1280, 2400, 800]) {
    const part = Math.min(1, most / longest);
    const codes = await read(pixels(picture, { x: 0, y: 0, width: picture.width, height: picture.height, to_width: Math.max(1, Math.round(picture.width * part)), to_height: Math.max(1, Math.round(picture.height * part)) }));
    if (codes.length || most >= longest) return codes;
  }
  return [];
}

addEventListener("message", async ({ data }) => {
  try {
    await ready;
    const begun = performance.now();
    let codes;
    if (data.blob) {
      const bitmap = await createImageBitmap(data.blob);
      codes = await readPhoto(bitmap);
      bitmap.close();
    } else {
      codes = await read(data.image ?? pixels(data.bitmap, data.crop));
      data.bitmap?.close();
    }
    postMessage({ id: data.id, codes, ms: performance.now() - begun });
  } catch (problem) {
    postMessage({ id: data.id, problem: String(problem) });
  }
});
