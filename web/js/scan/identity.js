// Which device this browser is. Where the browser can, the key lies encrypted under one that its own scripts cannot take out (WebCrypto, not extractable): a copy of the
// store is then no copy of the key.
const CAN = Boolean(globalThis.crypto?.subtle);

export async function keepIdentity(store, identity) {
  const { key, csrf, ...rest } = identity;
  if (!key) return store.put("identity", rest);
  if (!CAN) return store.put("identity", { ...rest, key });
  const lock = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const locked = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, lock, new TextEncoder().encode(key));
  return store.put("identity", { ...rest, lock, iv, locked });
}

export async function readIdentity(store) {
  const kept = await store.get("identity");
  if (!kept?.locked) return kept ?? null;
  const { lock, iv, locked, ...rest } = kept;
  return { ...rest, key: new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, lock, locked)) };
}
