// What counts as a badge (core/base/id.c), and what a code is that is none (scanner/decision/foreign.c): said kindly, never opened, kept or sent.
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function readToken(text) {
  let token = "";
  for (const letter of text.replace(/[a-z]/g, (small) => small.toUpperCase())) {
    if (letter === "-") continue;
    const one = letter === "I" || letter === "L" ? "1" : letter === "O" ? "0" : letter;
    if (!LETTERS.includes(one)) return null;
    token += one;
  }
  return token.length === 16 ? token : null;
}

// The token of a `/d/` address of any host, or of a bare token; else null.
export function tokenFromScan(text) {
  const rest = text.replace(/^[ \t]+/, "");
  const address = /^([a-z]+):\/\/([^/]+)\/[dD]\/([^/?# \t\r\n]*)/i.exec(rest);
  if (address) return /^https?$/i.test(address[1]) ? readToken(address[3]) : null;
  if (rest.includes("://")) return null;
  const bare = rest.replace(/[ \t\r\n]+$/, "");
  return /[ \t\r\n]/.test(bare) || bare.length > 64 ? null : readToken(bare);
}

export function foreignKind(text) {
  const begins = (...words) => words.some((word) => text.slice(0, word.length).toLowerCase() === word.toLowerCase());
  if (text.trim() === "") return "empty";
  if (begins("WIFI:")) return "wifi";
  if (begins("BEGIN:VCARD", "MECARD:", "BIZCARD:")) return "contact";
  if (begins("http") && /\/[dD]\/[0-9A-Za-z_-]{10}/.test(text)) return "badge";
  if (begins("http://", "https://", "www.")) return "web";
  if (begins("mailto:", "tel:", "sms:", "smsto:")) return "mail";
  return /^[0-9]+$/.test(text) ? "number" : "other";
}

// The same badge held still is one scan; shown again after it was away for a while it is a new one (scanner/decision/debounce.c).
export class Debounce {
  constructor(absence) {
    this.absence = absence;
    this.seen = new Map();
  }

  isNew(text, now) {
    const before = this.seen.get(text);
    this.seen.delete(text);
    this.seen.set(text, now); // the longest unseen stands first
    if (this.seen.size > 64) this.seen.delete(this.seen.keys().next().value);
    return before === undefined || now - before >= this.absence;
  }
}

// UUIDv7 (RFC 9562).
export function makeScanId(now = Date.now()) {
  const b = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++) b[i] = Math.floor(now / 2 ** (40 - 8 * i)) & 0xff;
  b[6] = 0x70 | (b[6] & 0x0f);
  b[8] = 0x80 | (b[8] & 0x3f);
  const hex = [...b].map((one) => one.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
