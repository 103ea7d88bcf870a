/* The delegates' phones: each opens its page on a connection of its own, and perhaps the first paper of it. */
#include "core/base/clock.h"
#include "core/net/http_client.h"
#include "server/rehearse/play.h"

#include <stdio.h>
#include <string.h>

#define PHONE_MS 30000
#define PAGE_MOST (8u * 1024u * 1024u)

static bool drop(void *context, const char *data, size_t length)
{
    (void)data;
    *(int64_t *)context += (int64_t)length;
    return true;
}

/* The address of the first paper in a page: href="/d/…/f/…". False: there is none that opens at once. */
static bool find_paper(const char *page, char *out, size_t size)
{
    const char *at = strstr(page, "/f/"), *begin = at;
    while (begin && begin > page && begin[-1] != '"') begin--;
    size_t length = begin ? strcspn(begin, "\"<> ") : 0;
    return begin && *begin == '/' && length < size && snprintf(out, size, "%.*s", (int)length, begin) > 0;
}

/* Asks, measures, tells whether it was answered as it should. */
static bool ask(struct play *play, enum sample_kind kind, struct http_client *client, const char *path, struct http_answer *answer)
{
    struct fault fault = {0};
    int64_t begun = clock_steady_us();
    enum err e = http_client_ask(client, path, NULL, NULL, PHONE_MS, answer, &fault);
    if (atomic_load(&play->stop)) return false;
    if (e != OK) samples_fail(&play->samples[kind], "%.100s", fault.text);
    else if (answer->status != 200) samples_fail(&play->samples[kind], "the answer was %ld", answer->status);
    else samples_add(&play->samples[kind], clock_steady_us() - begun);
    return e == OK && answer->status == 200;
}

static void use_phone(struct play *play, const struct rush_phone *phone)
{
    char path[1536];
    int64_t bytes = 0;
    struct http_answer page, paper;
    struct http_client *client = http_client_new(&(struct http_settings){.server = play->url, .stop = &play->stop});
    if (!client) {
        samples_fail(&play->samples[SAMPLE_PAGE], "not enough memory");
        return;
    }
    http_answer_init(&page, PAGE_MOST);
    http_answer_init(&paper, BUF_LIMIT_LINE);
    paper.take = drop;
    paper.context = &bytes;
    (void)snprintf(path, sizeof path, "/d/%s", phone->person->token);
    bool good = ask(play, SAMPLE_PAGE, client, path, &page);
    if (good && phone->what == PHONE_PAPER && find_paper(buf_text(&page.body), path, sizeof path)) (void)ask(play, SAMPLE_PAPER, client, path, &paper);
    http_answer_release(&page);
    http_answer_release(&paper);
    http_client_free(client);
}

void *play_phone_run(void *arg)
{
    struct play *play = arg;
    for (;;) {
        size_t at = atomic_fetch_add(&play->next_phone, 1);
        if (at >= play->plan->phone_count || !play_wait(play, play->plan->phones[at].at_ms, NULL)) return NULL;
        use_phone(play, &play->plan->phones[at]);
        atomic_fetch_add(&play->steps, 1);
    }
}
