/* The console's pages of member cards (/admin/-/register/cards; docs/decisions/0065-draw.md): for organisers of all events. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_CARDS_H
#define PLENUM_SERVER_PAGES_CARDS_H

#include "core/congress/badges/card_list.h"
#include "server/pages/register.h"

/* The list with what went wrong on it; runs in the pool. */
void cards_page_show(struct http_request *req, int status, const char *problem);
/* `card` of a person's page: how it stands, all cards there ever were. */
enum err cards_put_person(struct register_view *r, const struct register_person *person);

#endif
