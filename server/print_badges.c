#include "server/print_badges.h"

#include "badges/from_list.h"

#include <string.h>

#define MOST_ONLY 500

enum err print_badges_find(struct arena *arena, const struct app *app, const char *layout_name, struct print_badges *p, struct fault *fault)
{
    (void)app;
    enum err e = badges_layout_find(arena, NULL, layout_name, &p->layout, fault);
    if (e == OK) p->layout_name = layout_name;
    return e;
}

enum err print_badges_split(struct arena *arena, const char *text, struct badge_list_filter *filter, struct fault *fault)
{
    if (!text || !*text) return OK;
    const char **codes = arena_array(arena, MOST_ONLY, sizeof *codes);
    char *copy = arena_strdup(arena, text), *rest = NULL;
    if (!codes || !copy) return ERR_NOMEM;
    filter->only = codes;
    for (char *code = strtok_r(copy, ",", &rest); code; code = strtok_r(NULL, ",", &rest)) {
        if (filter->only_count == MOST_ONLY) return fault_set(fault, ERR_INPUT, "only: more than %d codes", MOST_ONLY);
        codes[filter->only_count++] = code;
    }
    return OK;
}

enum err print_badges_make(struct arena *arena, struct worker *worker, const char *event, const struct badge_list_filter *filter, struct print_badges *p,
                           struct fault *fault)
{
    struct badge_run run;
    bool guessed;
    enum err e = public_url_choose(worker->db, arena, NULL, event, worker->app->plain_port, &p->base_url, &guessed, fault);
    if (e == OK) e = badge_list_load(worker->db, arena, event, filter, p->base_url, &p->list, fault);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, fault);
    if (e == OK) e = badges_run_from_list(&p->list, p->layout_name, arena, &run);
    if (e != OK) return e;
    run.ready = p->layout;
    return badges_write(&run, worker->fonts, &p->pdf, NULL, fault);
}
