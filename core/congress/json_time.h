/* Stored times in JSON. */
#ifndef PLENUM_CONGRESS_JSON_TIME_H
#define PLENUM_CONGRESS_JSON_TIME_H

#include "core/base/json.h"

/* RFC 3339 in UTC with milliseconds; null for DB_NULL. A new reference, NULL when out of memory. */
json_t *json_time_or_null(int64_t ms);

#endif
