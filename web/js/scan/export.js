// What this phone holds, as the file that `plenum import` takes (plenum-scanner queue export): for the case that the network never comes back.
import { sealFile } from "./seal.js";
import { scanBody } from "./protocol.js";

export async function exportScans({ store, identity, clock, head }) {
  const scans = [...await store.byState("waiting"), ...await store.byState("set_aside")].filter((scan) => scan.sealed).sort((a, b) => a.seq - b.seq);
  const now = clock.read();
  const measured = head?.measured ?? null;
  const offset = !measured ? null : measured.boot === now.boot ? Math.round(measured.server + now.steady - measured.steady - now.wall) : measured.offset;
  const about = { device: identity.device, event: identity.event, gate: identity.gate, exported_at: new Date(now.wall).toISOString() };
  const inside = JSON.stringify({ ...about, offset_ms: offset, scans: scans.map((scan) => scanBody(scan, clock)) });
  return { count: scans.length, ids: scans.map((scan) => scan.scan_id), text: `${JSON.stringify({ format: "plenum-scans/1", ...about, count: scans.length, sealed: sealFile(identity.key, inside) })}\n`, name: `scans-${identity.gate}-${identity.device}-${about.exported_at.replace(/\D/g, "").slice(0, 14)}.json` };
}
