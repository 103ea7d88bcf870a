/* What the page of the walls and its forms share. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_SCENES_H
#define PLENUM_SERVER_PAGES_SCENES_H

#include "core/congress/scene/scene.h"
#include "core/congress/scene/wall.h"
#include "server/pages/messages.h"

/* The page again, with what could not be done (NULL: nothing was wrong); the message's form keeps what was sent. */
void scenes_show(struct http_request *req, int status, const char *problem);

/* What the programme shows, the part of the page that changes seldom: phases, sessions, stretches of time. */
void scenes_put_plan(struct view *view, const struct programme *programme, const struct scene_rules *rules);
/* Where walls are opened: address, QR code, digits. */
void scenes_put_address(struct view *view, const struct event_page *event);

#endif
