// The seals of core/congress/badges/badge_token.c and core/congress/checkin/scan_seal.c, made of well-known pieces: nothing here is invented. The only place of the
// libraries for cryptography. (crypto.subtle knows neither BLAKE2b nor XChaCha20, and is not there over plain HTTP.)
import { blake2b } from "../vendor/noble/hashes/blake2.js";
import { sha256 } from "../vendor/noble/hashes/sha2.js";
import { xchacha20 } from "../vendor/noble/ciphers/chacha.js";
import { poly1305 } from "../vendor/noble/ciphers/_poly1305.js";
import "../vendor/tweetnacl/nacl-fast.min.js";

const { nacl } = globalThis;
const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
const joined = (a, b) => { const all = new Uint8Array(a.length + b.length); all.set(a); all.set(b, a.length); return all; };

function toBase64(bytes) { // base64url without padding
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
const fromBase64 = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

// crypto_derive: BLAKE2b-256, personalised.
function derive(context, text) {
  const personalization = new Uint8Array(16);
  personalization.set(utf8(context));
  return blake2b(utf8(text), { dkLen: 32, personalization });
}

// libsodium's crypto_secretbox_xchacha20poly1305: the first 32 bytes of the stream are the key of the tag, which stands before the text.
function secretbox(key, nonce, body, opening) {
  const stream = xchacha20(key, nonce, joined(new Uint8Array(32), opening ? body.subarray(16) : body));
  const text = stream.subarray(32);
  const tag = poly1305(opening ? body.subarray(16) : text, stream.subarray(0, 32));
  if (!opening) return joined(tag, text);
  return nacl.verify(tag, body.subarray(0, 16)) ? text : null;
}

export const badgeId = (token) => hex(derive("plenum-badge-id", token));

// Who the badge is of; null: not sealed for this token.
export function openRecord(token, record) {
  try {
    const raw = fromBase64(record);
    const text = raw.length > 40 ? secretbox(derive("plenum-badge-key", token), raw.subarray(0, 24), raw.subarray(24), true) : null;
    return text && JSON.parse(new TextDecoder().decode(text));
  } catch {
    return null;
  }
}

// A scan that waits holds no token that this phone could open again: libsodium's crypto_box_seal to the server's key.
export function sealScan(publicKey, scanId, token) {
  const theirs = fromBase64(publicKey);
  const own = nacl.box.keyPair();
  const nonce = blake2b(joined(own.publicKey, theirs), { dkLen: 24 });
  return toBase64(joined(own.publicKey, nacl.box(utf8(`${scanId} ${token}`), nonce, theirs, own.secretKey)));
}

// The file for `plenum import`: sealed with what the server keeps of this device's key.
export function sealFile(deviceKey, text) {
  const nonce = crypto.getRandomValues(new Uint8Array(24));
  return toBase64(joined(nonce, secretbox(derive("plenum-scan-file", hex(sha256(utf8(deviceKey)))), nonce, utf8(text), false)));
}
