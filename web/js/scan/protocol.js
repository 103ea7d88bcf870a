// A kept scan as POST /api/v1/checkins wants it (scanner/sync/protocol.c).
export function scanBody(scan, clock) {
  const age = clock.age(scan);
  return {
    scan_id: scan.scan_id, sealed: scan.sealed, gate: scan.gate, direction: scan.direction, scanned_at: new Date(scan.scanned).toISOString(), age_ms: age,
    ...(age === null && scan.server ? { server_at: new Date(scan.server).toISOString() } : {}), decision: scan.told, roster: scan.roster,
  };
}

// {results: [...]} of our server, or null.
export function readAnswers(value) {
  const results = value?.results;
  return Array.isArray(results) && results.every((one) => typeof one?.scan_id === "string" && typeof one?.outcome === "string") ? results : null;
}
