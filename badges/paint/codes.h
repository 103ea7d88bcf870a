/* Private to badges: the QR codes of a run, encoded ahead by a crew. Encoding is more than half of the work of a run. */
#ifndef PLENUM_BADGES_CODES_H
#define PLENUM_BADGES_CODES_H

#include "badges/badges.h"
#include "badges/paint/qr.h"

struct codes;

/* run and crew are borrowed until codes_free. */
enum err codes_new(const struct badge_run *run, struct crew *crew, struct codes **ret);
void codes_free(struct codes *codes); /* accepts NULL */

/* The code of badge `index`, as qr_make gives it; valid until another call. Quick when indexes rise. */
enum err codes_get(struct codes *codes, size_t index, struct qr *ret);

#endif
