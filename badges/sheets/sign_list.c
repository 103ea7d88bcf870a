/* From a list of badges to sheets to sign, one for each delegation. */
#include "badges/sheets/sign_sheet.h"

#include "badges/from_list.h"
#include "core/congress/badges/handover.h"
#include "core/congress/badges/print_log.h"

#include <string.h>

static bool same_unit(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The sheet of this unit, made at its first badge. Blank badges stand at the end of a list, away from their delegation; lists are by delegation, so the
 * last sheets are looked at first. */
static struct sign_sheet *sheet_of(struct sign_book *book, const char *unit)
{
    for (size_t i = book->count; i-- > 0;)
        if (same_unit(book->sheets[i].unit, unit)) return &book->sheets[i];
    book->sheets[book->count] = (struct sign_sheet){.unit = unit};
    return &book->sheets[book->count++];
}

static enum err fill_line(struct db *db, struct arena *arena, const struct badge_list *list, const struct badge_list_row *row, struct sign_sheet_line *ret)
{
    const char *to_name;
    int64_t handed_ms;
    /* A name or a time keeps its own direction beside letters of the other one (Unicode Bidirectional Algorithm: FSI, LRI, PDI). */
    *ret = (struct sign_sheet_line){.number = row->number ? row->number : row->person_code, .name = row->name,
                                    .category = row->category_title ? row->category_title : row->category, .seat = row->seat, .badge_box = row->badge_box,
                                    .issue = row->issue};
    enum err e = handover_of_badge(db, arena, row->credential_id, &to_name, &handed_ms);
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    ret->handed = arena_printf(arena, "\u2068%s\u2069, \u2066%s\u2069", to_name, print_log_when(arena, list->timezone, handed_ms));
    return ret->handed ? OK : ERR_NOMEM;
}

enum err sign_book_from_list(struct db *db, struct arena *arena, const struct badge_list *list, int64_t now_ms, struct sign_book *ret, struct fault *fault)
{
    struct sign_book book = {.organization = list->organization, .event_title = list->event_title, .venue = list->venue, .language = list->language};
    book.sheets = arena_array(arena, list->count + 1, sizeof *book.sheets);
    if (!book.sheets) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (list->event_id) book.dates = badges_dates_text(arena, list->timezone, list->language, list->starts_ms, list->ends_ms);
    book.printed = print_log_when(arena, list->timezone, now_ms);
    for (size_t i = 0; i < list->count; i++) sheet_of(&book, list->rows[i].delegation)->count++;
    for (size_t i = 0; i < book.count; i++) {
        book.sheets[i].lines = arena_array(arena, book.sheets[i].count, sizeof *book.sheets[i].lines);
        if (!book.sheets[i].lines) return fault_set(fault, ERR_NOMEM, "not enough memory");
        book.sheets[i].count = 0;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct sign_sheet *sheet = sheet_of(&book, list->rows[i].delegation);
        enum err e = fill_line(db, arena, list, &list->rows[i], &sheet->lines[sheet->count++]);
        if (e == ERR_NOMEM) return fault_set(fault, e, "not enough memory");
        if (e != OK) return db_fault(db, e, fault, "read who was given which badge");
    }
    *ret = book;
    return OK;
}
