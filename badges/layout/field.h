/* Private to badges: what the names in a layout's texts and conditions stand for. */
#ifndef PLENUM_BADGES_FIELD_H
#define PLENUM_BADGES_FIELD_H

#include "badges/layout/layout.h"
#include "core/base/arena.h"

/* Whose badge is being made. */
struct badge_facts {
    const struct badge_run *run;
    const struct badge *badge;
    struct arena *arena; /* of this badge */
};

/* FIELD_COUNT when there is none of that name (`length` bytes of it). */
enum badge_field badge_field_find(const char *name, size_t length);
/* NULL when it is not known of this badge. Of conditions without words ("photo", "blank") some text or NULL. */
const char *badge_field_value(const struct badge_facts *facts, enum badge_field field);

/* Whether all of the part's conditions hold. */
bool badge_part_is_shown(const struct badge_facts *facts, const struct badge_part *part);
/* What a text part says: the first choice of which everything is known, in the run's language; NULL when there is none. */
const char *badge_part_text(const struct badge_facts *facts, const struct badge_part *part);
/* The lines of a list part. */
size_t badge_part_lines(const struct badge_facts *facts, const struct badge_part *part, const struct badge_line **ret);

/* Whether every name in braces is a field; *ret_bad points at the first that is not. */
bool badge_template_is_good(const char *template, const char **ret_bad);
/* The bits of the fields that a good template names. */
uint64_t badge_template_fields(const char *template);

/* The payload of a Wi-Fi code: WIFI:T:WPA;S:…;P:…;; with \ ; , : and " escaped by a backslash, and a name that might be taken for hex digits in quotes
 * (the format of ZXing's wiki "Barcode Contents", which Android and iOS read). NULL when no network is known or out of memory. */
const char *badge_wifi_payload(struct arena *arena, const struct badge_run *run);

#endif
