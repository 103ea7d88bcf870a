/* The console's pages about what an event consists of. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_SETUP_PAGES_H
#define PLENUM_SERVER_PAGES_SETUP_PAGES_H

#include "server/pages/setup_form.h"

#define SETUP_FORMS_MOST 2

/* One page: its forms in order; the first may be of a single row. */
struct setup_page {
    const char *name;  /* words "setup.NAME.title", …; of an event also the last part of its address */
    const char *place; /* address when it is of no event; else NULL */
    const struct form_table *forms[SETUP_FORMS_MOST];
};

/* Whether the rows of this list stand in an order that is somebody's choice: areas, gates, categories. Sessions stand by their times. */
bool setup_has_order(const struct form_table *table);

/* The rows of one list as the page tells them: {title, code, facts, warnings, closed, is_first, …}; `form` NULL: of none. */
json_t *setup_items(struct view *view, const struct form_table *table, const json_t *setup);

/* In a transaction of a connection of its own, so on a thread of the job pool only. */
enum err setup_write(struct app *app, struct arena *arena, const struct setup_change *change, const char **ret_code, struct fault *fault);

enum err setup_write_copy(struct app *app, struct arena *arena, const struct setup_copy *copy, const char **ret_slug, struct fault *fault);

/* Why something was refused, with the label of its field in front, so that the sentence is whole without the form. In the request's arena. */
const char *setup_problem(struct view *view, const struct form_table *table, const struct fault *fault);

/* What a form's page says of a refusal; texts last as long as the request. */
struct setup_refusal {
    const char *problem, *wrong; /* `wrong`: the key of the field, NULL: none */
    int status;
};
/* False: it is not for the sender to put right, or there is no memory; then it is an error like any other. */
bool setup_refused(struct view *view, const struct form_table *table, enum err e, const struct fault *fault, struct setup_refusal *ret);

#endif
