/* What the pages of figures share (figures.c, figures_one.c, figures_list.c). Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_FIGURES_H
#define PLENUM_SERVER_PAGES_FIGURES_H

#include "server/fixed_job.h"
#include "server/fixed_words.h"
#include "server/pages/staff_page.h"

#define FIGURES_SEAL 16 /* letters of the hash that people compare */

struct figures_page {
    struct staff_page staff;
    struct fixed_job *job;
    struct fixed_words words;
};

/* In the pool: view, programme, words; req->state is a job. False: the reply is made. */
bool figures_page_begin(struct figures_page *page, struct http_request *req, void *thread_state);
/* Runs `work` in the pool, with a job of its own. */
void figures_page_run(struct http_request *req, void (*work)(struct http_request *req, void *thread_state));

/* A number as the reader's language writes it. */
void figures_put(struct figures_page *page, json_t *object, const char *key, int64_t number);
/* expected, present, … of a count; those that are told only where there are some: `left`, `alternates`, `substitutes`, `by_group`. */
void figures_put_count(struct figures_page *page, json_t *object, const struct fixed_count *count);
/* `categories` and `delegations`, each with has_…, of whole content. */
void figures_put_parts(struct figures_page *page, const struct fixed_content *content);
/* `sentences`: in the organisation's languages, the first one first; `others`: in those that we have besides. */
void figures_put_sentences(struct figures_page *page, json_t *object, const struct fixed_figure *figure);
/* What is said of a fixed figure in one line and at its head: number, label, at, known, by, seal, category. */
void figures_put_head(struct figures_page *page, json_t *object, const struct fixed_figure *figure);

/* `people` as the query asks for them: state=, category=, delegation=, q=, sort=, page=, reasons=1. */
enum err figures_put_people(struct figures_page *page, const struct fixed_figure *figure);

#endif
