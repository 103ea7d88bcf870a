/* Takes in a scan file (core/congress/checkin/scan_seal.h), as if its scans had come from that device by the network: the same record, conflicts and answers.
 *
 * Idempotent: a scan that came before, by file or network, is answered as then. A file of a revoked device is refused, as its requests are. Times: a scan's
 * true time is the moment of the export by the server's clock (as the device last measured it) minus the scan's age, or its own time corrected by that
 * measure when the device was restarted since; it is marked as estimated. 64 scans a transaction; works beside a running server. */
#ifndef PLENUM_CONGRESS_SCAN_FILE_H
#define PLENUM_CONGRESS_SCAN_FILE_H

#include "core/base/json.h"

#define SCAN_FILE_LIMIT (256u * 1024u * 1024u)

struct scan_file_options {
    const char *folder, *file;
    const char *only_event; /* NULL: whichever it is of */
    bool from_revoked;      /* somebody who may says that the file is good although its device was shut out: they know who carried it */
    bool dry_run;           /* each scan is judged alone, as things stand; nothing is stored */
};

/* Whether the file says that it is one; also false when it cannot be read. */
bool scan_file_is_one(const char *path);

/* *ret_report, owned by the caller: device, name, event, gate, exported_at, and counts scans, new, known, conflicts, invalid; results: the answers, as the API
 * gives them, of those that need a person (conflicts and invalid ones). ERR_DENIED: sealed by nobody that we know, or revoked; ERR_INPUT: not a scan file. */
enum err scan_file_import(const struct scan_file_options *options, json_t **ret_report, struct fault *fault);

#endif
