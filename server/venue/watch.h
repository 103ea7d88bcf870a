/* Who has reached this server over the network: the first call, how many in the last minute, about how many different phones. And whether the phones' probes
 * of the internet are answered.
 *
 * No address is kept. A phone's address sets one of 8192 small counters of its hour (HyperLogLog: Flajolet, Fusy, Gandouet, Meunier 2007; below some
 * thousand phones linear counting: Whang, Vander-Zanden, Taylor 1990), by a hash under a key that was made at start and never leaves the process. An
 * estimate therefore, about 1.2 % off; phones behind one address count as one, a phone that got another address as two. All is forgotten at the end.
 *
 * Thread-safe; watch_count costs a hash and takes no lock but at the turn of an hour. */
#ifndef PLENUM_SERVER_VENUE_WATCH_H
#define PLENUM_SERVER_VENUE_WATCH_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct watch;

enum err watch_new(bool answer_probes, struct watch **ret);
void watch_free(struct watch *watch); /* accepts NULL */

/* A request from another machine; `peer` is its numeric address. `is_phone`: neither staff nor a scanner nor a wall. */
void watch_count(struct watch *watch, const char *peer, bool is_phone, int64_t now_ms);

struct watch_figures {
    int64_t first_ms;     /* of the first phone since the start; 0: none yet */
    unsigned last_minute; /* requests of the last 60 s, by anybody but this machine */
    unsigned phones;      /* different ones since `since_ms`, about; no further back than a day */
};
void watch_figures(struct watch *watch, int64_t since_ms, int64_t now_ms, struct watch_figures *ret);

/* The organiser's recorded decision (setting `answer_probes`). */
bool watch_answers_probes(const struct watch *watch);
void watch_set_answers_probes(struct watch *watch, bool answer);

#endif
