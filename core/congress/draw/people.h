/* Walking everybody who matches. Private to core/congress/draw. */
#ifndef PLENUM_CONGRESS_DRAW_PEOPLE_H
#define PLENUM_CONGRESS_DRAW_PEOPLE_H

#include "core/congress/draw/draw.h"

#include "catalogue.h"

/* Texts of `row` are gone behind the call. */
typedef enum err draw_visit(void *context, const struct sql_draw_people_row *row, bool is_delegate);
enum err draw_walk(struct db *db, struct arena *arena, int64_t event_id, const struct draw_filter *filter, draw_visit *visit, void *context);

#endif
