/* Private to the print log: what a badge says, as JSON that is equal when the badge is. */
#ifndef PLENUM_CONGRESS_PRINT_FACTS_H
#define PLENUM_CONGRESS_PRINT_FACTS_H

#include "core/base/buf.h"
#include "core/congress/badges/print_log.h"

/* The person's facts of a row, in a fixed order, without what is not known. `out` is cleared first; check buf_ok. */
void print_facts_write(const struct badge_list_row *row, struct buf *out);
/* What all badges of the list have in common. Wi-Fi, programme and papers as digests. */
void print_facts_write_run(const struct badge_list *list, struct buf *out);

/* The facts of `shown` in which the stored JSON and the one of now differ; *ret in the arena. Stored text that is no JSON object counts as saying nothing.
 * `both`: only facts that both know (programme and papers are known only where a layout prints them). ERR_NOMEM. */
enum err print_facts_differ(struct arena *arena, const char *stored, const char *now, print_facts shown, bool both, struct print_change **ret,
                            size_t *ret_count);

/* Of public_url_choose: what print_run.host keeps. */
const char *print_facts_host(const char *base_url);

#endif
