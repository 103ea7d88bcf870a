#include "badges/command/poster_command.h"

#include "badges/sheets/poster.h"
#include "badges/command/volumes.h"
#include "core/congress/badges/badge_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SERVE_PORT 8080 /* of `plenum serve` */

enum err poster_command(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct poster poster;
    struct buf pdf;
    const char *port = NULL;
    if (!o->output || !o->event) return fault_set(fault, ERR_USAGE, "--poster needs --event and -o FILE.pdf");
    if (o->page && strcasecmp(o->page, "A4") != 0 && strcasecmp(o->page, "A3") != 0) return fault_set(fault, ERR_USAGE, "--page: a poster is A4 or A3");
    enum err e = volumes_check_folder(s, fault);
    if (e == OK) e = store_open(store_choose_folder(o->data), STORE_READ, &s->store, fault);
    if (e == OK) e = setting_read(s->store.db, &s->arena, "plain_port", &port); /* where the server listened last */
    const unsigned guess = port && strtoul(port, NULL, 10) ? (unsigned)strtoul(port, NULL, 10) : SERVE_PORT;
    if (e == OK) e = public_url_choose(s->store.db, &s->arena, o->public_url, o->event, guess, &s->base_url, &s->guessed, fault);
    if (e == OK) e = poster_load(s->store.db, &s->arena, o->event, s->base_url, o->languages, &poster, fault);
    if (e == OK) e = fonts_new(&s->fonts, fault);
    if (e != OK) return e;
    poster.a3 = o->page && strcasecmp(o->page, "A3") == 0;
    poster.allow_missing = o->allow_missing;
    buf_init(&pdf, BUF_LIMIT_FILE);
    e = poster_write(&poster, s->fonts, &pdf, fault);
    if (e == OK) e = file_write_atomic(o->output, pdf.data, pdf.length, 0600, fault); /* it holds the network's password */
    buf_release(&pdf);
    if (e != OK) return e;
    if (s->guessed) fprintf(stderr, "plenum-badges: nobody fixed the address; %s is this machine's now. --public-url fixes it\n", s->base_url);
    if (!poster.wifi_name) fprintf(stderr, "plenum-badges: the event file names no Wi-Fi: the poster shows none\n");
    printf("%s: a poster for %s\n", o->output, poster.address);
    return OK;
}
