/* `plenum doctor --venue`: the laptop and the venue's network, before the phones come. */
#include "core/base/crypto.h"
#include "core/congress/store/store.h"
#include "server/commands/commands.h"
#include "server/venue/venue.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static void show(const struct venue_list *list, const struct venue_plan *plan, const struct i18n *i18n)
{
    static const char *const marks[] = {[VENUE_OK] = "ok   ", [VENUE_WARNING] = "warn ", [VENUE_BAD] = "bad  "};
    const bool colour = isatty(STDOUT_FILENO);
    if (plan->event) printf("For %s: %" PRId64 " delegates, about %" PRId64 " phones.\n", plan->event, plan->delegates, plan->phones);
    for (size_t i = 0; i < list->count; i++) {
        const struct venue_item *item = &list->items[i];
        const char *what = venue_what(list->arena, i18n, I18N_EN, item), *todo = venue_todo(list->arena, i18n, I18N_EN, item);
        printf("%s%s %s%s\n", colour && item->grade == VENUE_BAD ? "\033[1;31m" : "", marks[item->grade], what ? what : item->id,
               colour && item->grade == VENUE_BAD ? "\033[0m" : "");
        if (todo && todo[0]) printf("      → %s\n", todo);
    }
    printf("      Whether phones get through the access points only a phone can tell: try one; the console shows when it reached us.\n");
}

static enum err show_json(const struct venue_list *list, const struct venue_plan *plan, const struct i18n *i18n, struct fault *fault)
{
    json_t *items = json_array(), *all;
    for (size_t i = 0; i < list->count; i++) {
        const struct venue_item *item = &list->items[i];
        const char *what = venue_what(list->arena, i18n, I18N_EN, item), *todo = venue_todo(list->arena, i18n, I18N_EN, item);
        json_array_append_new(items, json_pack("{s:s, s:s, s:s, s:s, s:s*}", "id", item->id, "state", item->state, "grade", venue_grade_name(item->grade), "what",
                                               what ? what : "", "do", todo && todo[0] ? todo : NULL));
    }
    all = json_pack("{s:s?, s:I, s:I, s:i, s:i, s:o}", "event", plan->event, "delegates", (json_int_t)plan->delegates, "phones", (json_int_t)plan->phones, "bad",
                    (int)venue_count(list, VENUE_BAD), "warnings", (int)venue_count(list, VENUE_WARNING), "items", items);
    if (!all) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = command_print_json(all, true, fault);
    json_decref(all);
    return e;
}

int command_doctor_venue(const char *data, const char *event, bool json)
{
    struct fault fault = {0};
    struct store store = {0};
    struct arena arena = {0};
    struct i18n *i18n = NULL;
    struct venue_list list;
    struct venue_plan plan;
    enum err e = crypto_init() == OK ? store_open(store_choose_folder(data), STORE_READ, &store, &fault) : fault_set(&fault, ERR_BUG, "libsodium does not start");
    if (e == OK) e = i18n_load(&i18n, &fault);
    if (e == OK) e = venue_look(store.db, &arena, store.folder, event, 0, &list, &plan, &fault);
    if (e == OK && json) e = show_json(&list, &plan, i18n, &fault);
    else if (e == OK) show(&list, &plan, i18n);
    if (e == OK && venue_count(&list, VENUE_BAD)) e = fault_set(&fault, ERR_CONFLICT, "%zu finding%s bad", venue_count(&list, VENUE_BAD),
                                                                    venue_count(&list, VENUE_BAD) == 1 ? " is" : "s are");
    i18n_free(i18n);
    arena_release(&arena);
    store_close(&store);
    return command_end("doctor", e, &fault);
}
