#include "core/congress/json_time.h"
#include "core/base/clock.h"
#include "core/db/db.h"

json_t *json_time_or_null(int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    return ms == DB_NULL ? json_null() : json_string(clock_format(ms, text));
}
